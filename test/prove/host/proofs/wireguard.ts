import type { MeasureProof } from '../measure-proof.ts';

/** A phone that is another network of the machine's kernel: it takes the settings as they are, and says whether the server answers. */
const PHONE = `
ip netns list | grep -q phone || {
  ip netns add phone; ip link add vphone type veth peer name eth0 netns phone
  ip addr add 10.97.0.1/24 dev vphone; ip link set vphone up
  ip -n phone addr add 10.97.0.2/24 dev eth0; ip -n phone link set eth0 up; ip -n phone link set lo up
}
ip -n phone link del wg0 2>/dev/null
ip -n phone link add wg0 type wireguard || exit 2
grep -v '^Address' /etc/wireguard/kinkeeper-peers/phone.conf | ip netns exec phone wg setconf wg0 /dev/stdin || exit 3
ip -n phone addr add "$(sed -n 's/^Address = //p' /etc/wireguard/kinkeeper-peers/phone.conf)" dev wg0; ip -n phone link set wg0 up
ip -n phone route add 10.77.0.1 dev wg0
ip netns exec phone ping -c 3 -W 10 10.77.0.1`;

export const wireguard: MeasureProof = {
  name: 'wireguard',
  kernel: 'full',
  settings: { vpn_endpoint: '10.97.0.1', vpn_peers: 'phone laptop' },
  effective: 'wg show interfaces; systemctl is-enabled wg-quick@wg0; systemctl is-active wg-quick@wg0; true',
  breaks: {
    'it does not run': 'systemctl stop wg-quick@wg0',
    'a device more': 'wg set wg0 peer "$(wg genkey | wg pubkey)" allowed-ips 10.77.0.99/32',
    'a device less': 'wg set wg0 peer "$(wg show wg0 peers | head -n 1)" remove',
    'another port': 'wg set wg0 listen-port 51999',
    'gone after the next start': 'systemctl -q disable wg-quick@wg0',
  },
  look: async (machine, isApplied) => {
    if (!isApplied) return [];
    const { code, out } = await machine.vm.root(PHONE);
    return code === 0 ? [] : [`the phone gets no answer: ${out}`];
  },
};
