import type { HardenedMachine } from '../hardened-machine.ts';
import type { MeasureProof } from '../measure-proof.ts';
import { openPorts, SERVICES } from '../outside-looks.ts';

/** Another port than the web's, of a service that listens everywhere, and one that "Docker" publishes: open to nobody. */
const SHUT = [8008, 6334];

/**
 * A phone that is a network of its own, behind the cable to the outside: it takes the settings as they are. Its WireGuard is the kernel's, or a
 * program's where the kernel has none (as that of the server is then; wg-quick sees to it).
 */
const PHONE = `
ip netns list | grep -q phone || {
  ip netns add phone; ip link add vphone type veth peer name eth0 netns phone
  ip addr add 10.97.0.1/24 dev vphone; ip link set vphone up
  ip -n phone addr add 10.97.0.2/24 dev eth0; ip -n phone link set eth0 up; ip -n phone link set lo up
}
own=/etc/wireguard/kinkeeper-peers/phone.conf
ip -n phone link del wgphone 2>/dev/null
ip -n phone link add wgphone type wireguard 2>/dev/null || ip netns exec phone wireguard-go wgphone >/dev/null 2>&1 || exit 2
i=0; until ip netns exec phone wg show wgphone >/dev/null 2>&1; do i=$((i+1)); [ $i -lt 20 ] || exit 4; sleep 1; done
grep -v '^Address' $own | ip netns exec phone wg setconf wgphone /dev/stdin || exit 3
ip -n phone addr add "$(sed -n 's/^Address = //p' $own)" dev wgphone; ip -n phone link set wgphone up
ip -n phone route add 10.77.0.1 dev wgphone
`;

/** Of the ports that answer: the phone through the VPN, and the phone beside it. */
const KNOCK = (address: string) =>
  `for port in 22 80 443 ${SHUT.join(' ')}; do ip netns exec phone nc -z -w 6 ${address} $port 2>/dev/null && echo $port; done | paste -sd, -`;

/** The phone shakes hands, and the web ports are open to it through the VPN, and to nobody beside it. */
async function looksFromPhone(machine: HardenedMachine): Promise<string[]> {
  const wrong: string[] = [];
  const { code, out } = await machine.vm.root(`${PHONE} ip netns exec phone ping -c 3 -W 10 10.77.0.1`);
  if (code !== 0) return [`the phone gets no answer (${code}): ${out}`];
  const shaken = await machine.vm.must("wg show wg0 latest-handshakes | awk '$2 > 0' | wc -l");
  if (shaken.trim() !== '1') wrong.push(`devices that shook hands: ${shaken}`);
  const closed = await machine.harden('apply', 'firewall');
  if (closed.code !== 0) wrong.push(`the firewall beside it: ${closed.out}`);
  const through = (await machine.vm.must(KNOCK('10.77.0.1'))).trim();
  if (through !== '22,80,443') wrong.push(`open through the VPN: ${through}`);
  const beside = (await machine.vm.must(KNOCK('10.97.0.1'))).trim();
  if (beside !== '22') wrong.push(`open beside the VPN: ${beside}`);
  for (const version of [4, 6] as const) {
    const open = await openPorts(machine, version);
    if (JSON.stringify(open) !== '[22]') wrong.push(`open from outside over IPv${version}: ${open}`);
  }
  await machine.harden('undo', 'firewall');
  await machine.vm.must('ip -n phone link del wgphone');
  return wrong;
}

export const wireguard: MeasureProof = {
  name: 'wireguard',
  prepare: SERVICES,
  settings: { web_from: 'vpn', vpn_endpoint: '10.97.0.1', vpn_peers: 'phone laptop' },
  effective: 'wg show interfaces; systemctl is-enabled wg-quick@wg0; systemctl is-active wg-quick@wg0; true',
  breaks: {
    'it does not run': 'systemctl stop wg-quick@wg0',
    'a device more': 'wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 10.77.0.99/32',
    'a device less': 'wg set wg0 peer "$(wg show wg0 peers | head -n 1)" remove',
    'another port': 'wg set wg0 listen-port 51999',
    'gone after the next start': 'systemctl -q disable wg-quick@wg0',
  },
  look: (machine, isApplied) => (isApplied ? looksFromPhone(machine) : Promise.resolve([])),
};
