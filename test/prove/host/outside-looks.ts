import { MACHINE } from '../../lab/vm/lab-machine.ts';
import type { HardenedMachine } from './hardened-machine.ts';

/** Tries ports, many at a time; says those that take a connection. Runs on the outside of the machine. */
const SCAN = `
const net = require('node:net');
const [host, ...ports] = process.argv.slice(1);
const open = [];
const one = (port) => new Promise((done) => {
  const socket = net.connect({ host, port: Number(port) });
  const end = (is) => { if (is) open.push(Number(port)); socket.destroy(); done(); };
  socket.setTimeout(4000, () => end(false));
  socket.on('connect', () => end(true)).on('error', () => end(false));
});
Promise.all(ports.map(one)).then(() => console.log(JSON.stringify(open.sort((a, b) => a - b))));
`;

/** Ports that services of ours and others listen on in the machine, and one that "Docker" publishes. */
export const PORTS = [22, 80, 443, 2375, 5432, 6333, 6334, 8008, 8765, 11434];

/** Which of the ports take a connection from outside, over IPv4 or IPv6. */
export async function openPorts(machine: HardenedMachine, version: 4 | 6): Promise<number[]> {
  const host = version === 4 ? MACHINE.v4 : MACHINE.v6;
  const { out } = await machine.vm.outside(process.execPath, ['-e', SCAN, host, ...PORTS.map(String)]);
  return JSON.parse(out) as number[];
}

/** One try by SSH from outside; gives what was said. */
export async function sshFromOutside(
  machine: HardenedMachine,
  user: string,
  options: readonly string[],
): Promise<string> {
  const plain = [
    'BatchMode=yes',
    'StrictHostKeyChecking=no',
    'UserKnownHostsFile=/dev/null',
    'LogLevel=ERROR',
    'ConnectTimeout=20',
  ];
  const all = [...plain, ...options].flatMap((option) => ['-o', option]);
  const { out } = await machine.vm.outside('ssh', ['-F', 'none', ...all, `${user}@${MACHINE.v4}`, 'echo', 'came-in']);
  return out.trim();
}

/** Script: services that listen everywhere, and a published port as Docker makes one: its rules, and a container behind a bridge. */
export const SERVICES = `
cat >/root/services.py <<'PY'
import socket, select, sys
sockets = []
for port in map(int, sys.argv[1:]):
    s = socket.socket(socket.AF_INET6)
    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    s.bind(('::', port)); s.listen(50); sockets.append(s)
while True:
    for s in select.select(sockets, [], [])[0]: s.accept()[0].close()
PY
systemctl is-active -q test-services || systemd-run -q --unit test-services python3 /root/services.py 80 443 2375 5432 6333 8008 8765 11434
ip netns list | grep -q box || {
  ip netns add box
  ip link add docker0 type bridge; ip addr add 172.17.0.1/16 dev docker0; ip -6 addr add fd17::1/64 dev docker0 nodad; ip link set docker0 up
  ip link add vbox type veth peer name eth0 netns box; ip link set vbox master docker0; ip link set vbox up
  ip -n box addr add 172.17.0.2/16 dev eth0; ip -n box -6 addr add fd17::2/64 dev eth0 nodad; ip -n box link set eth0 up; ip -n box link set lo up
  ip -n box route add default via 172.17.0.1; ip -n box -6 route add default via fd17::1
  sysctl -q -w net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1
  nft -f - <<'NFT'
table inet dockerlike {
  chain prerouting { type nat hook prerouting priority -100; meta nfproto ipv4 tcp dport 6334 dnat ip to 172.17.0.2:6334; meta nfproto ipv6 tcp dport 6334 dnat ip6 to [fd17::2]:6334; }
  chain forward { type filter hook forward priority 0; policy accept; }
}
NFT
  systemd-run -q --unit test-box ip netns exec box python3 /root/services.py 6334
}
i=0; until ss -ltn | grep -q :11434; do sleep 1; i=$((i+1)); [ $i -lt 60 ]; done
i=0; until ip netns exec box ss -ltn | grep -q :6334; do sleep 1; i=$((i+1)); [ $i -lt 60 ]; done
`;
