import type { CheckId } from '../../../../../core/posture.ts';
import type { Lane, Scenario } from '../scenario.ts';

const MEND = 'nft flush ruleset; systemctl restart kinkeeper-firewall';
/** What stands in each firewall that somebody wrote by hand. */
const USUAL =
  'ct state established,related accept; iif lo accept; icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert } accept; tcp dport 22 accept;';

/** One rule more in ours, before all others. */
const inserted = (id: CheckId, name: string, rule: string, also: readonly CheckId[] = []): Scenario => ({
  ...{ id, name, also },
  make: `nft insert rule inet kinkeeper input ${rule}`,
  mend: MEND,
});

/** Another table in the place of ours: chains of it beside `input`, and the input's policy and rules. */
const byHand = (
  id: CheckId,
  name: string,
  input: string,
  more: { readonly chains?: string; readonly policy?: string; readonly family?: string } = {},
): Scenario => ({
  ...{ id, name },
  make: `nft flush ruleset; nft -f - <<'NFT'
table ${more.family ?? 'inet'} odd {
  ${more.chains ?? ''}
  chain input { type filter hook input priority 0; policy ${more.policy ?? 'drop'}; ${input}; }
}
NFT`,
  mend: MEND,
});

export const FIREWALL: Lane = [
  { id: 'firewall', name: 'all rules are flushed', make: 'nft flush ruleset', mend: MEND, also: ['firewall-ports'] },
  inserted('firewall', 'everything by IPv6', 'meta nfproto ipv6 accept', ['firewall-ports']),
  {
    ...inserted('firewall', 'the table sleeps', ''),
    make: "nft add table inet kinkeeper '{ flags dormant; }'",
    // Debian 12's nft tells of such a table in a way that is no JSON.
    wanted: 'no-pass',
    also: ['firewall-ports'],
  },
  {
    ...byHand('firewall', 'IPv4 alone', `${USUAL.replace(/icmpv6[^;]*;/, '')}`, { family: 'ip' }),
    also: ['firewall-ports'],
  },
  byHand('firewall-ports', 'a port that a rule leaves to the policy', `${USUAL} tcp dport 6333 return; drop`, {
    policy: 'accept',
  }),
  byHand('firewall-ports', 'behind two jumps', `${USUAL} tcp dport 6333 jump one`, {
    chains: 'chain two { accept; }\n chain one { jump two; }',
  }),
  byHand('firewall-ports', 'a map in a chain behind a port', `${USUAL} tcp dport 6333 jump one`, {
    chains: 'chain one { ct state vmap { new : accept }; }',
  }),
  {
    ...byHand('firewall', 'all that a rule leaves to the policy', `${USUAL} meta l4proto tcp return; drop`, {
      policy: 'accept',
    }),
    also: ['firewall-ports'],
  },
  {
    id: 'firewall-ports',
    name: 'a table before ours accepts, which is not the last word',
    make: 'nft -f - <<NFT\ntable inet early {\nchain input { type filter hook input priority -200; policy accept; tcp dport 6333 accept; }\n}\nNFT',
    mend: MEND,
    wanted: 'pass',
  },
  {
    ...byHand(
      'firewall',
      'by hand, with ICMP by protocol',
      `${USUAL} ip protocol icmp accept; ip6 nexthdr icmpv6 accept; tcp dport { 80, 443 } accept; reject`,
      { policy: 'accept' },
    ),
    wanted: 'pass',
  },
];

const LISTEN = (code: string) =>
  `systemd-run -q --unit test-port python3 -c '${code}'; for i in $(seq 30); do ss -Hltun | grep -q :6333 && break; sleep 0.5; done`;
const socket = (family: string, kind: string, address: string) =>
  `import socket,time\ns=socket.socket(socket.${family},socket.${kind})\n${family === 'AF_INET6' ? 's.setsockopt(socket.IPPROTO_IPV6,socket.IPV6_V6ONLY,1)\n' : ''}s.bind(("${address}",6333))\n${kind === 'SOCK_STREAM' ? 's.listen(5)\n' : ''}time.sleep(9999)`;
const listener = (name: string, family: string, kind: string, address: string): Scenario => ({
  ...{ id: 'listening', name },
  make: LISTEN(socket(family, kind, address)),
  mend: 'systemctl stop test-port',
});

export const LISTENING: Lane = [
  listener('a port for everybody', 'AF_INET', 'SOCK_STREAM', '0.0.0.0'),
  listener('a port by IPv6 alone', 'AF_INET6', 'SOCK_STREAM', '::'),
  listener('a port at the public address', 'AF_INET', 'SOCK_STREAM', '10.98.0.1'),
  listener('a port at the public address by IPv6', 'AF_INET6', 'SOCK_STREAM', 'fd98::1'),
  listener('a port of UDP', 'AF_INET', 'SOCK_DGRAM', '0.0.0.0'),
  { ...listener('a port of the loopback', 'AF_INET', 'SOCK_STREAM', '127.0.0.1'), wanted: 'pass' },
];
