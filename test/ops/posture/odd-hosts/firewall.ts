import { GOOD, recorded } from '../good-host.ts';
import {
  ACCEPT,
  CT_MAP,
  dport,
  iifname,
  jumping,
  lastRule,
  leading,
  leftToPolicy,
  match,
  nft,
  rule,
} from './nft-rules.ts';
import { type Changed, type OddHosts, swapped } from './odd-host.ts';

/** What nft and iptables-save say where ufw is on. */
export const UFW = {
  nft: recorded('nft-ufw'),
  iptables: recorded('iptables-ufw'),
  ip6tables: recorded('ip6tables-ufw'),
};
/** ufw with one rule more in front of its own. */
const before = (line: string): Changed => ({ ...UFW, iptables: UFW.iptables.replace('-A INPUT', `${line}\n-A INPUT`) });
const saddr = (right: unknown, protocol = 'ip') => match({ payload: { protocol, field: 'saddr' } }, right);
/** A table of iptables that refuses all but what one rule takes. */
const saved = (line: string) => `*filter\n:INPUT DROP [0:0]\n${line}\nCOMMIT\n`;
/** Rules of ufw that let all in, by words or targets that look like less. */
const DISGUISED: readonly (readonly [string, Changed])[] = [
  ['a comment that names a target', before('-A INPUT -m comment --comment "was -j DROP" -j ACCEPT')],
  ['a comment that names an interface', before('-A INPUT -m comment --comment "as before: -i lo" -j ACCEPT')],
  ['a comment that names an address', before('-A INPUT -p tcp -m comment --comment "from -s 10.0.0.1" -j ACCEPT')],
  ['a comment that names a port', before('-A INPUT -p tcp -m comment --comment "only --dport 22" -j ACCEPT')],
  ['a comment that names a state', before('-A INPUT -m comment --comment "was --ctstate RELATED" -j ACCEPT')],
  ['a comment with quotes in it', before('-A INPUT -m comment --comment "\\" -i lo -s 10.0.0.1 \\"" -j ACCEPT')],
  ['a comment of one word', before('-A INPUT -m comment --comment -i -j ACCEPT')],
  ['what is searched for', before('-A INPUT -m string --string " -i lo " --algo bm --to 65535 -j ACCEPT')],
  ['whatever begins', before('-A INPUT -m conntrack --ctstate NEW -j ACCEPT')],
  ['whatever begins, among answers', before('-A INPUT -m state --state NEW,RELATED,ESTABLISHED -j ACCEPT')],
  ['all ports but one', before('-A INPUT -p tcp -m tcp ! --dport 22 -j ACCEPT')],
  ['all ports but some', before('-A INPUT -p tcp -m multiport ! --dports 22,80 -j ACCEPT')],
  ['what is not followed, of nft', rule(match({ ct: { key: 'state' } }, 'untracked'), ACCEPT)],
  ['a queue that is left out while nobody listens', before('-A INPUT -j NFQUEUE --queue-num 0 --queue-bypass')],
  ['a queue of nft', rule({ queue: { num: 0, flags: 'bypass' } })],
  ['a queue of nft with a program that decides', rule({ queue: { num: 0 } })],
];
const TWO_WAYS = GOOD.routes.replace('"six":[]', '"six":[{"dst":"default","dev":"eth1"}]');

/** Hosts that are odd about what the firewall lets through. */
export const FIREWALL: OddHosts = {
  fails: {
    firewall: [
      ['none', { nft: recorded('nft-none') }],
      ['policy accept', swapped('nft', '"policy": "drop"', '"policy": "accept"')],
      ['everything let in', rule(ACCEPT)],
      ['all of TCP', rule(match({ meta: { key: 'l4proto' } }, 'tcp'), ACCEPT)],
      ['all from the outside interface', rule(iifname('eth0'), ACCEPT)],
      ['all but one inside', rule(iifname('wg0', '!='), ACCEPT)],
      ['from one of two outside interfaces', { ...rule(iifname('eth1'), ACCEPT), routes: TWO_WAYS }],
      ['all but one of two', { ...rule(iifname('eth1', '!='), ACCEPT), routes: TWO_WAYS }],
      ...DISGUISED,
      ['interfaces of a set that has a name', rule(iifname('@inside'), ACCEPT)],
      [
        'rules of iptables that refuse by nft, as far as nft tells, and let all in',
        {
          nft: JSON.stringify({
            nftables: ['ip', 'ip6'].flatMap((family) => [
              { chain: { family, table: 'filter', name: 'INPUT', type: 'filter', hook: 'input', policy: 'drop' } },
              { rule: { family, table: 'filter', chain: 'INPUT', expr: [{ xt: { type: 'match', name: 'set' } }] } },
            ]),
          }),
          iptables: saved('-A INPUT -m set --match-set known src -j ACCEPT'),
          ip6tables: saved('-A INPUT -m set --match-set known src -j ACCEPT'),
        },
      ],
      ['interfaces of another form', rule(iifname({ set: [{ elem: { val: 'eth0', timeout: 60 } }] }), ACCEPT)],
      ['addresses of a set that has a name', rule(saddr('@known'), ACCEPT)],
      ['the address of the router', rule(saddr('00:11:22:33:44:55', 'ether'), ACCEPT)],
      [
        'all other addresses of a map',
        {
          nft: leading({
            vmap: { key: { payload: { protocol: 'ip', field: 'saddr' } }, data: { set: [['*', ACCEPT]] } },
          }),
        },
      ],
      ['states of another form', rule(match({ ct: { key: 'state' } }, { '|': ['established', 'new'] }), ACCEPT)],
      ['interfaces by a pattern', rule(iifname('e*'), ACCEPT)],
      [
        'from everywhere',
        rule(match({ payload: { protocol: 'ip', field: 'saddr' } }, { prefix: { addr: '0.0.0.0', len: 1 } }), ACCEPT),
      ],
      ['by a port that strangers choose', rule(match({ payload: { protocol: 'udp', field: 'sport' } }, 53), ACCEPT)],
      ['new connections', rule(match({ ct: { key: 'state' } }, ['established', 'new'], 'in'), ACCEPT)],
      ['behind a jump', { nft: jumping() }],
      ['behind a jump of a map', { nft: leading(CT_MAP) }],
      [
        'by a map of what is not known',
        { nft: leading({ vmap: { key: { meta: { key: 'mark' } }, data: { set: [[1, ACCEPT]] } } }) },
      ],
      ['by a map that has a name', rule({ vmap: { key: { meta: { key: 'mark' } }, data: '@somewhere' } })],
      ['by a direction', rule(match({ ct: { key: 'direction' } }, 'original'), ACCEPT)],
      ['all of TCP and a quiet protocol', rule(match({ meta: { key: 'l4proto' } }, { set: ['icmp', 'tcp'] }), ACCEPT)],
      ['a last rule that refuses some', lastRule(dport(25), { drop: null })],
      [
        'ufw whose last rule refuses some',
        { ...UFW, iptables: byLastRule(UFW.iptables).replace('-A INPUT -j DROP', '-A INPUT -p tcp -j DROP') },
      ],
      [
        'ufw from one of two outside interfaces',
        { ...UFW, routes: TWO_WAYS, iptables: UFW.iptables.replace('COMMIT', '-A INPUT -i eth1 -j ACCEPT\nCOMMIT') },
      ],
      [
        'all that a rule leaves to the policy',
        leftToPolicy([match({ meta: { key: 'l4proto' } }, 'tcp'), { return: null }]),
      ],
      ['all that goes to a chain without a verdict', leftToPolicy([{ goto: { target: 'more' } }])],
      [
        'ufw that leaves all of TCP to the policy',
        { ...UFW, iptables: byLastRule(UFW.iptables).replace('-A INPUT', '-A INPUT -p tcp -j RETURN\n-A INPUT') },
      ],
      [
        'ufw that goes to a chain without a verdict',
        { ...UFW, iptables: byLastRule(UFW.iptables).replace('-A INPUT', '-A INPUT -g ufw-nothing\n-A INPUT') },
      ],
      ['a protocol of ours by number', rule(match({ payload: { protocol: 'ip', field: 'protocol' } }, 6), ACCEPT)],
      ['IPv4 alone', { nft: recorded('nft-ufw'), iptables: UFW.iptables, ip6tables: GOOD.ip6tables }],
      [
        'a table that sleeps',
        swapped('nft', '"name": "kinkeeper", "handle"', '"name": "kinkeeper", "flags": "dormant", "handle"'),
      ],
      ['ufw with a hole', { ...UFW, iptables: UFW.iptables.replace('COMMIT', '-A ufw-user-input -j ACCEPT\nCOMMIT') }],
      [
        'ufw with a hole from outside',
        { ...UFW, ip6tables: UFW.ip6tables.replace('COMMIT', '-A INPUT -i eth+ -j ACCEPT\nCOMMIT') },
      ],
      [
        'ufw with a hole for TCP',
        { ...UFW, iptables: UFW.iptables.replace('COMMIT', '-A ufw-user-input -p tcp -j ACCEPT\nCOMMIT') },
      ],
      ['ufw that lets all in by default', { ...UFW, iptables: UFW.iptables.replace(':INPUT DROP', ':INPUT ACCEPT') }],
      [
        'ufw that lets in half of the world',
        { ...UFW, iptables: UFW.iptables.replace('COMMIT', '-A INPUT -s 0.0.0.0/1 -j ACCEPT\nCOMMIT') },
      ],
      [
        'ufw that lets in all but one',
        { ...UFW, iptables: UFW.iptables.replace('COMMIT', '-A INPUT ! -s 192.0.2.1/32 -j ACCEPT\nCOMMIT') },
      ],
    ],
    'firewall-ports': [
      ...DISGUISED,
      ['a queue of some ports', rule(dport(8008), { queue: { num: 0 } })],
      ['ufw with a queue of some ports', before('-A INPUT -p tcp -m tcp --dport 8008 -j NFQUEUE --queue-num 0')],
      ['a port of whatever protocol', rule(match({ payload: { protocol: 'th', field: 'dport' } }, 22), ACCEPT)],
      ['one more', rule(dport(5432), ACCEPT)],
      ['one of several', rule(dport({ set: [22, 6333] }), ACCEPT)],
      ['a stretch', rule(dport({ range: [440, 450] }), ACCEPT)],
      ['all of them', rule(dport({ range: [1, 65535] }), ACCEPT)],
      ['of the other protocol', rule(dport(22, 'udp'), ACCEPT)],
      ['behind a jump', { nft: jumping(dport(11434)) }],
      [
        'in a map',
        rule({ vmap: { key: { payload: { protocol: 'tcp', field: 'dport' } }, data: { set: [[8008, ACCEPT]] } } }),
      ],
      [
        'ufw',
        {
          ...UFW,
          iptables: UFW.iptables.replace('COMMIT', '-A ufw-user-input -p tcp -m tcp --dport 8008 -j ACCEPT\nCOMMIT'),
        },
      ],
      ['no firewall', { nft: recorded('nft-none') }],
      ['a port that is left to the policy', leftToPolicy([dport(6333), { return: null }])],
      ['behind two jumps', { nft: leading(dport(11434), { jump: { target: 'first' } }) }],
      ['behind a map in a chain', { nft: leading(dport(11434), { jump: { target: 'map' } }) }],
      [
        'a jump in a map',
        {
          nft: leading({
            vmap: {
              key: { payload: { protocol: 'tcp', field: 'dport' } },
              data: { set: [[8008, { jump: { target: 'more' } }]] },
            },
          }),
        },
      ],
      [
        'ufw behind two jumps',
        {
          ...UFW,
          ip6tables: UFW.ip6tables.replace(
            'COMMIT',
            '-A INPUT -p tcp -m tcp --dport 8008 -j one\n-A one -j two\n-A two -j ACCEPT\nCOMMIT',
          ),
        },
      ],
    ],
  },
  well: [
    ['ufw', 'firewall', UFW],
    [
      'all else refused by the last rule',
      'firewall',
      lastRule({ log: null }, { counter: { packets: 1, bytes: 2 } }, { drop: null }),
    ],
    ['all else rejected by the last rule', 'firewall', lastRule({ reject: { type: 'icmp' } })],
    ['ufw that refuses by its last rule', 'firewall', { ...UFW, iptables: byLastRule(UFW.iptables) }],
    ['answers alone, by their direction', 'firewall', rule(match({ ct: { key: 'direction' } }, 'reply'), ACCEPT)],
    ['ufw', 'firewall-ports', UFW],
    [
      'ufw that refuses by its last rule, which has a comment',
      'firewall',
      { ...UFW, iptables: byLastRule(UFW.iptables, '-m comment --comment "no more -j ACCEPT" ') },
    ],
    ['ufw with a log', 'firewall', before('-A INPUT -m limit --limit 3/min -j LOG --log-prefix "[-j ACCEPT] "')],
    ['ufw with a queue inside', 'firewall', before('-A INPUT -i wg0 -j NFQUEUE --queue-num 0 --queue-bypass')],
    ['a queue inside', 'firewall', rule(iifname('wg0'), { queue: { num: 0 } })],
    ['one inside address', 'firewall', rule(saddr('10.8.0.2'), ACCEPT)],
    [
      'ICMP by its protocol',
      'firewall',
      rule(match({ payload: { protocol: 'ip', field: 'protocol' } }, 'icmp'), ACCEPT),
    ],
    ['what never comes to the policy', 'firewall', leftToPolicy([iifname('wg0'), { return: null }])],
    ['rules by hand, with a verdict map', 'firewall', { nft: recorded('nft-by-hand') }],
    ['rules by hand, with a verdict map', 'firewall-ports', { nft: recorded('nft-by-hand') }],
    [
      'another firewall beside that opens more',
      'firewall-ports',
      { iptables: saved('-A INPUT -p tcp -m tcp --dport 8008 -j ACCEPT') },
    ],
    [
      'a lockdown in front of everything',
      'firewall',
      nft({
        chain: {
          family: 'inet',
          table: 'kinkeeper_closed',
          name: 'input',
          type: 'filter',
          hook: 'input',
          policy: 'drop',
        },
      }),
    ],
  ],
  unclear: [
    ['ports by name', 'firewall-ports', rule(dport('ssh'), ACCEPT)],
    ['ufw with a target of another kind', 'firewall', before('-A INPUT -j SOMETHING --of-its-own')],
    ['ufw with a quote that does not end', 'firewall', before('-A INPUT -m comment --comment "half -j ACCEPT')],
    ['an end of another kind', 'firewall', rule({ something: {} })],
    [
      'an end of another kind for some ports',
      'firewall-ports',
      { nft: leading(dport(22), { jump: { target: 'odd' } }) },
    ],
  ],
};

function byLastRule(saved: string, note = ''): string {
  return saved.replace(':INPUT DROP', ':INPUT ACCEPT').replace('COMMIT', `-A INPUT ${note}-j DROP\nCOMMIT`);
}
