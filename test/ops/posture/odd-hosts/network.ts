import { added, type OddHosts, swapped } from './odd-host.ts';

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
      ['a funnel', swapped('tailscale', 'funnels=0', 'funnels=1')],
    ],
    'vpn-keys': [
      ['readable', swapped('wireguard-files', '600', '640')],
      ['somebody else’s', swapped('wireguard-files', '|0|', '|1000|')],
    ],
  },
  well: [
    ['WireGuard alone', 'vpn', { tailscale: '' }],
    ['Tailscale alone', 'vpn', { wireguard: '' }],
  ],
  unclear: [
    ['a socket of another kind', 'listening', added('sockets', 'raw UNCONN 0 0 127.0.0.1:1 0.0.0.0:*')],
    ['a socket without a port', 'listening', added('sockets', 'tcp LISTEN 0 9 127.0.0.1 0.0.0.0:*')],
  ],
};
