import { Unclear } from './line.ts';
import { type Accepting, type Guard, isWide, type PortRange } from './nft-rules.ts';

interface Rule {
  readonly chain: string;
  /** Without what people wrote into it: that is no condition. */
  readonly text: string;
  readonly target: string | undefined;
}

/** What `iptables-save -t filter` says of what comes in; undefined when it has no such table. */
export function iptablesGuard(text: string, outside: ReadonlySet<string>, name: string): Guard | undefined {
  const policy = /^:INPUT (\S+)/m.exec(text)?.[1];
  if (policy === undefined) {
    if (/^(:|-A)/m.test(text)) throw new Unclear(`${name}: INPUT`);
    return undefined;
  }
  const rules = text.split('\n').flatMap((line) => ruleOf(line) ?? []);
  const last = rules.filter(({ chain }) => chain === 'INPUT').at(-1);
  const endsAll = last !== undefined && /^-A INPUT -j (DROP|REJECT)\b/.test(last.text);
  const accepts: Accepting[] = [];
  walk('INPUT', { rules, chains: chainsIn(text, rules) }, { outside, accepts, seen: new Set() });
  // What leaves the chain before its last rule is for the policy to say.
  if (policy !== 'DROP')
    accepts.push(...rules.filter(leaves).map(({ text: rule }) => ({ text: rule, ...narrowing(rule, outside) })));
  return { where: `${name} INPUT`, denies: policy === 'DROP' || endsAll, accepts, isOpaque: false };
}

function ruleOf(line: string): Rule | undefined {
  const [, chain] = /^-A (\S+)/.exec(line) ?? [];
  if (chain === undefined) return undefined;
  const text = withoutNotes(line);
  return { chain, text, target: [...text.matchAll(/ (?:-j|-g) (\S+)/g)].at(-1)?.[1] };
}

/** A comment may look like any condition. Quotes stand around it unless it is one plain word. Throws `Unclear` where a quote does not end. */
function withoutNotes(line: string): string {
  const plain = line.replace(NOTES, '');
  if (plain.includes('"')) throw new Unclear('iptables: "');
  return plain;
}

const NOTES =
  /(?: -m comment)? --(?:comment|log-prefix|nflog-prefix|string|hex-string|name) (?:"(?:[^"\\]|\\.)*"|[^\s"]+)|"(?:[^"\\]|\\.)*"/g;

/** The chains of a table, and what stands in them. */
interface Table {
  readonly rules: readonly Rule[];
  readonly chains: ReadonlySet<string>;
}

function chainsIn(text: string, rules: readonly Rule[]): Set<string> {
  const named = [...text.matchAll(/^:(\S+)/gm)].map(([, name]) => name!);
  return new Set([...named, ...rules.map(({ chain }) => chain)]);
}

/** Lets in by itself, or leaves it to a program that may (a queue also while nobody listens to it, with `--queue-bypass`). */
const TAKES = new Set(['ACCEPT', 'NFQUEUE', 'QUEUE', 'SYNPROXY']);
/** Refuses, or only does something beside: what comes goes on to the next rule. */
const TAKES_NOT = new Set([
  ...['DROP', 'REJECT', 'TARPIT', 'RETURN', 'LOG', 'NFLOG', 'ULOG', 'AUDIT', 'TRACE', 'MARK', 'CONNMARK', 'SECMARK'],
  ...[
    'CONNSECMARK',
    'CLASSIFY',
    'CHECKSUM',
    'DSCP',
    'TOS',
    'TTL',
    'HL',
    'TCPMSS',
    'SET',
    'RATEEST',
    'IDLETIMER',
    'TEE',
  ],
]);

/** The chain that a rule leads to; undefined where it leads to none. Throws `Unclear` for a target that is not known here. */
function chainBehind({ target, text }: Rule, chains: ReadonlySet<string>): string | undefined {
  if (target === undefined || TAKES.has(target) || TAKES_NOT.has(target)) return undefined;
  if (!chains.has(target) && !text.includes(` -g ${target}`)) throw new Unclear(`iptables: -j ${target}`);
  return target;
}

interface Walk {
  readonly outside: ReadonlySet<string>;
  readonly accepts: Accepting[];
  readonly seen: Set<string>;
}

function walk(chain: string, table: Table, state: Walk): void {
  if (state.seen.has(chain)) return;
  state.seen.add(chain);
  for (const rule of table.rules.filter((one) => one.chain === chain)) {
    const narrowed = narrowing(rule.text, state.outside);
    if (narrowed.isInside) continue;
    const behind = chainBehind(rule, table.chains);
    if (TAKES.has(rule.target ?? '')) state.accepts.push({ text: rule.text, ...narrowed });
    else if (behind !== undefined && narrowed.ports === undefined) walk(behind, table, state);
    else if (behind !== undefined && leadsToAccept(behind, table)) state.accepts.push({ text: rule.text, ...narrowed });
  }
}

/** Whether a chain that only some ports reach takes any of them, itself or by another (ufw limits SSH that way). */
function leadsToAccept(chain: string, table: Table, seen: ReadonlySet<string> = new Set()): boolean {
  if (seen.has(chain)) return false;
  const met = new Set([...seen, chain]);
  return table.rules.some((one) => {
    if (one.chain !== chain) return false;
    const behind = chainBehind(one, table.chains);
    return TAKES.has(one.target ?? '') || (behind !== undefined && leadsToAccept(behind, table, met));
  });
}

/** `RETURN`, and a chain that is gone to and never comes back. */
function leaves({ chain, text }: Rule): boolean {
  return chain === 'INPUT' && / (-j RETURN\b|-g )/.test(text);
}

/** How much is left of everything. A condition that is not known here, or that is turned round, narrows nothing. */
function narrowing(text: string, outside: ReadonlySet<string>): Omit<Accepting, 'text'> {
  return { ports: portsOf(text), isInside: isInside(text, outside) };
}

function isInside(text: string, outside: ReadonlySet<string>): boolean {
  const not = /(^|\s)! /.test(text);
  if (not) return false;
  const entry = / -i (\S+)/.exec(text)?.[1];
  if (entry !== undefined && ![...outside].some((name) => fits(name, entry))) return true;
  const source = / -s (\S+)/.exec(text)?.[1];
  if (source !== undefined && !isEverybody(source)) return true;
  if (/ -p (icmp|ipv6-icmp|icmpv6|igmp|esp|ah)\b/.test(text)) return true;
  const states = / --(?:ct)?state (\S+)/.exec(text)?.[1];
  return states?.split(',').every((state) => state === 'RELATED' || state === 'ESTABLISHED') === true;
}

function isEverybody(source: string): boolean {
  const [address, length] = source.split('/');
  return length !== undefined && isWide(address!, Number(length));
}

function portsOf(text: string): PortRange[] | undefined {
  if (/ ! --dports? /.test(text)) return undefined;
  const listed = / --dports? (\S+)/.exec(text)?.[1];
  if (listed === undefined) return undefined;
  const named = / -p (tcp|udp)\b/.exec(text)?.[1];
  return listed.split(',').map((one) => {
    const [first, last] = one.split(':').map(Number);
    if (first === undefined || Number.isNaN(first)) throw new Unclear('iptables: --dports');
    return { protocol: named === 'tcp' || named === 'udp' ? named : 'any', first, last: last ?? first };
  });
}

/** `eth+` names every interface that begins so. */
function fits(name: string, pattern: string): boolean {
  return pattern.endsWith('+') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}
