import { GOOD } from '../good-host.ts';
import { added, type OddHosts, swapped } from './odd-host.ts';

const OF_TAILSCALE = 'f|600|0|/var/lib/tailscale/tailscaled.state\nend\n';
const WG0 = '/etc/wireguard/wg0.conf';
/** Neither of them runs, and no interface of WireGuard is there. */
const NO_VPN = { wireguard: '', tailscale: '', ...swapped('routes', /,\{"ifname":"wg0".*\}\]\}/, ']}') };

/** Hosts that are odd about what listens, and the VPN. */
export const NETWORK: OddHosts = {
  fails: {
    listening: [
      ['a database', added('sockets', 'tcp LISTEN 0 244 0.0.0.0:5432 0.0.0.0:* users:(("postgres",pid=1,fd=5))')],
      ['by IPv6', added('sockets', 'tcp LISTEN 0 244 [::]:6333 [::]:*')],
      ['on the public address', added('sockets', 'tcp LISTEN 0 244 192.0.2.7:8008 0.0.0.0:*')],
      ['everywhere', added('sockets', 'udp UNCONN 0 0 *:5353 *:*')],
    ],
    vpn: [
      ['neither', { wireguard: '', tailscale: '' }],
      ['without peers', { wireguard: 'port wg0 51820\n', tailscale: '"BackendState": "Stopped"\nfunnels=0\n' }],
      ['an interface that is down', { ...swapped('routes', '"UP"', '"DOWN"'), tailscale: '' }],
      ['another interface', { wireguard: 'port other 1\npeer other 5\n', tailscale: '' }],
      [
        'an interface that is no VPN of ours',
        { ...swapped('settings', 'wg0 tailscale0', 'tailscale0'), tailscale: '' },
      ],
      ['a funnel', swapped('tailscale', 'funnels=0', 'funnels=1')],
    ],
    'vpn-keys': [
      ['readable', swapped('vpn-files', 'f|600|0|/etc', 'f|640|0|/etc')],
      ['somebody else’s', swapped('vpn-files', 'f|600|0|/etc', 'f|600|1000|/etc')],
      ['that of Tailscale', swapped('vpn-files', 'f|600|0|/var', 'f|604|0|/var')],
      ['behind a link, for others', { tailscale: '', 'vpn-files': `l|777|0|${WG0}\nf|644|1000|${WG0}\nend\n` }],
      ['of a VPN that does not run', { ...NO_VPN, 'vpn-files': 'f|644|0|/etc/wireguard/wg0.conf\nend\n' }],
    ],
  },
  well: [
    ['WireGuard alone', 'vpn', { tailscale: '' }],
    ['Tailscale alone', 'vpn', { wireguard: '' }],
    ['Tailscale that was told of no place', 'vpn-keys', swapped('tailscale', /state=.*/, 'state=')],
    ['WireGuard alone', 'vpn-keys', { tailscale: '', 'vpn-files': 'f|600|0|/etc/wireguard/wg0.conf\nend\n' }],
    ['Tailscale alone', 'vpn-keys', { ...NO_VPN, tailscale: GOOD.tailscale, 'vpn-files': OF_TAILSCALE }],
  ],
  unclear: [
    ['no VPN at all', 'vpn-keys', { ...NO_VPN, 'vpn-files': 'end\n' }],
    ['WireGuard with its key elsewhere', 'vpn-keys', { tailscale: '', 'vpn-files': 'end\n' }],
    ['WireGuard with another file there', 'vpn-keys', swapped('vpn-files', 'wg0.conf', 'readme')],
    [
      'a second interface with its key elsewhere',
      'vpn-keys',
      { wireguard: `${GOOD.wireguard}port wg1 51821\npeer wg1 0\n` },
    ],
    ['a key behind a link', 'vpn-keys', swapped('vpn-files', `f|600|0|${WG0}`, `l|777|0|${WG0}\nf|600|0|${WG0}`)],
    ['a key behind a link that leads nowhere', 'vpn-keys', swapped('vpn-files', `f|600|0|${WG0}`, `l|777|0|${WG0}`)],
    ['Tailscale that was told of another place', 'vpn-keys', swapped('tailscale', /state=.*/, 'state=/elsewhere')],
    ['Tailscale of which nobody can tell where', 'vpn-keys', swapped('tailscale', /state=.*\n/, '')],
    ['an interface that nobody can ask, beside Tailscale', 'vpn-keys', { wireguard: '', 'vpn-files': OF_TAILSCALE }],
    ['Tailscale with its key elsewhere', 'vpn-keys', swapped('vpn-files', /.*tailscaled.*\n/, '')],
    ['files of which not all were told', 'vpn-keys', swapped('vpn-files', 'end\n', '')],
    ['files that end in the middle', 'vpn-keys', swapped('vpn-files', 'end\n', 'f|600|0|/etc/wireguard/wg1.conf\n')],
    ['funnels that nobody could ask for', 'vpn', swapped('tailscale', 'funnels=0\n', '')],
    ['a socket of another kind', 'listening', added('sockets', 'raw UNCONN 0 0 127.0.0.1:1 0.0.0.0:*')],
    ['a socket without a port', 'listening', added('sockets', 'tcp LISTEN 0 9 127.0.0.1 0.0.0.0:*')],
  ],
};
