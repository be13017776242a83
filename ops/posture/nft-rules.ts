import { z } from 'zod';
import { jsonOf, Unclear } from './line.ts';

/** A rule of a firewall that takes in, or a chain's answer to what no rule took: only what the lines ask of it. */
export interface Accepting {
  /** For people: what it takes. */
  readonly text: string;
  /** Ports that it takes, each as "tcp 22"; undefined: it is not narrowed by a port. */
  readonly ports: readonly PortRange[] | undefined;
  /** Narrowed by what comes from outside no more: an interface of the inside, an address, an answer to something. */
  readonly isInside: boolean;
}

export interface PortRange {
  /** `any`: the rule did not say which. */
  readonly protocol: 'tcp' | 'udp' | 'any';
  readonly first: number;
  readonly last: number;
}

/** What a family (IPv4 or IPv6) meets at the input: whether all else is refused, and what is let in before. */
export interface Guard {
  readonly where: string;
  readonly denies: boolean;
  readonly accepts: readonly Accepting[];
  /** Rules of iptables stand in it in a form that nft does not tell: `iptables-save` tells it. */
  readonly isOpaque: boolean;
}

const expression = z.record(z.string(), z.unknown());
const entry = z.object({
  chain: z
    .object({
      ...{ family: z.string(), table: z.string(), name: z.string() },
      ...{ type: z.string().optional(), hook: z.string().optional(), policy: z.string().optional() },
    })
    .optional(),
  table: z.object({ family: z.string(), name: z.string(), flags: z.unknown().optional() }).optional(),
  rule: z.object({ family: z.string(), table: z.string(), chain: z.string(), expr: z.array(expression) }).optional(),
});
const ruleset = z.object({ nftables: z.array(entry) });

type Rule = NonNullable<z.infer<typeof entry>['rule']>;
type Chain = NonNullable<z.infer<typeof entry>['chain']>;

/** The chains of `nft -j list ruleset` that a family of addresses passes on its way in. `outside`: interfaces that lead there. */
export function nftGuards(text: string, family: 'ip' | 'ip6', outside: ReadonlySet<string>): Guard[] {
  const { nftables } = jsonOf(text, ruleset, 'nft');
  const chains = nftables.flatMap(({ chain }) => chain ?? []);
  const rules = nftables.flatMap(({ rule }) => rule ?? []);
  const asleep = nftables.flatMap(({ table }) =>
    table !== undefined && valuesOf(table.flags).includes('dormant') ? [`${table.family} ${table.name}`] : [],
  );
  return chains
    .filter((chain) => !asleep.includes(`${chain.family} ${chain.table}`))
    .filter((chain) => chain.hook === 'input' && [family, 'inet'].includes(chain.family))
    .map((chain) => guardOf(chain, rules, outside));
}

function guardOf(base: Chain, rules: readonly Rule[], outside: ReadonlySet<string>): Guard {
  const of = (name: string) =>
    rules.filter(({ family, table, chain }) => family === base.family && table === base.table && chain === name);
  const own = of(base.name);
  const last = own.at(-1);
  const endsAll = last !== undefined && matchesOf(last).length === 0 && refuses(last);
  const met: Accepting[] = [];
  walk(base.name, of, { outside, met, seen: new Set() });
  // What leaves the chain before its last rule is for the policy to say.
  if (base.policy !== 'drop')
    met.push(...own.filter(leaves).map((rule) => ({ text: textOf(rule), ...narrowing(rule, outside) })));
  return {
    where: `${base.family} ${base.table} ${base.name}`,
    denies: base.policy === 'drop' || endsAll,
    accepts: met,
    isOpaque: rules.some(
      ({ family, table, expr }) => family === base.family && table === base.table && expr.some((one) => 'xt' in one),
    ),
  };
}

interface Walk {
  readonly outside: ReadonlySet<string>;
  readonly met: Accepting[];
  readonly seen: Set<string>;
}

/** Collects what is accepted from here on. A jump that is narrowed narrows what lies behind it; one that is not is followed. */
function walk(name: string, of: (chain: string) => Rule[], state: Walk): void {
  if (state.seen.has(name)) return;
  state.seen.add(name);
  for (const rule of of(name)) {
    const verdict = rule.expr.at(-1) ?? {};
    const narrowed = narrowing(rule, state.outside);
    if (!narrowed.isInside && takes(rule)) state.met.push({ text: textOf(rule), ...narrowed });
    const target = targetOf(verdict);
    if (target !== undefined && !narrowed.isInside) {
      if (narrowed.ports === undefined) walk(target, of, state);
      else if (leadsToAccept(target, of)) state.met.push({ text: textOf(rule), ...narrowed });
    }
    // What depends on a map takes as much as it likes, for all that is seen here.
    if ('vmap' in verdict && !narrowed.isInside) state.met.push(...acceptsOfMap(verdict.vmap, narrowed, of, state));
  }
}

/**
 * Whether a rule lets in by itself, or leaves it to a program that may (a queue also while nobody listens to it, with `bypass`). Throws
 * `Unclear` for one that ends in what is not known here.
 */
function takes({ expr }: Rule): boolean {
  const [kind] = Object.keys(expr.at(-1) ?? {});
  if (kind === undefined || TAKES_NOT.has(kind)) return false;
  if (TAKES.has(kind)) return true;
  throw new Unclear(`nft: ${kind}`);
}

const TAKES = new Set(['accept', 'queue', 'synproxy', 'tproxy']);
/** Refuses, leads on, or only does something beside: what comes goes on to the next rule. */
const TAKES_NOT = new Set([
  ...[
    'drop',
    'reject',
    'return',
    'continue',
    'jump',
    'goto',
    'vmap',
    'match',
    'counter',
    'quota',
    'limit',
    'log',
    'last',
  ],
  ...['comment', 'set', 'map', 'meter', 'mangle', 'notrack', 'dup', 'flow', 'secmark'],
  ...['ct helper', 'ct timeout', 'ct expectation', 'ct count'],
  // Of iptables: `isOpaque` says so of the whole table.
  'xt',
]);

/** `vmap`: a verdict for each value. Of ports and states it is read; of anything else it counts as open to all. */
function acceptsOfMap(
  vmap: unknown,
  narrowed: Omit<Accepting, 'text'>,
  of: (chain: string) => Rule[],
  state: Walk,
): Accepting[] {
  const read = z
    .object({ key: z.unknown(), data: z.object({ set: z.array(z.tuple([z.unknown(), expression])) }) })
    .safeParse(vmap);
  if (!read.success) return [{ text: 'vmap', ...narrowed }];
  return read.data.data.set.flatMap(([value, verdict]) => {
    const one = narrowingOf({ op: '==', left: read.data.key, right: value }, state.outside);
    if (one.isInside) return [];
    const target = targetOf(verdict);
    if (target !== undefined && one.ports === undefined) walk(target, of, state);
    const isTaken =
      'accept' in verdict || (target !== undefined && one.ports !== undefined && leadsToAccept(target, of));
    return isTaken ? [{ text: 'vmap', ports: one.ports ?? narrowed.ports, isInside: false }] : [];
  });
}

/** Whether a chain, or one that it leads to, takes anything at all; a map may. */
function leadsToAccept(name: string, of: (chain: string) => Rule[], seen: ReadonlySet<string> = new Set()): boolean {
  if (seen.has(name)) return false;
  return of(name).some((rule) => {
    const verdict = rule.expr.at(-1) ?? {};
    const target = targetOf(verdict);
    if (takes(rule) || 'vmap' in verdict) return true;
    return target !== undefined && leadsToAccept(target, of, new Set([...seen, name]));
  });
}

/** `return`, and `goto`, which never comes back. */
function leaves({ expr }: Rule): boolean {
  const verdict = expr.at(-1) ?? {};
  return 'return' in verdict || 'goto' in verdict;
}

function targetOf(verdict: Readonly<Record<string, unknown>>): string | undefined {
  const read = z.object({ target: z.string() }).safeParse(verdict.jump ?? verdict.goto);
  return read.success ? read.data.target : undefined;
}

function refuses({ expr }: Rule): boolean {
  return expr.some((one) => 'drop' in one || 'reject' in one);
}

function matchesOf({ expr }: Rule): Record<string, unknown>[] {
  return expr.filter((one) => !['counter', 'log', 'drop', 'reject', 'accept', 'comment'].some((plain) => plain in one));
}

function narrowing(rule: Rule, outside: ReadonlySet<string>): Omit<Accepting, 'text'> {
  const each = rule.expr.flatMap(({ match }) => (match === undefined ? [] : [narrowingOf(match, outside)]));
  return {
    ports: each.map(({ ports }) => ports).find((ports) => ports !== undefined),
    isInside: each.some(({ isInside }) => isInside),
  };
}

const matchShape = z.object({ op: z.string(), left: z.unknown(), right: z.unknown() });
const OPEN: Omit<Accepting, 'text'> = { ports: undefined, isInside: false };
const INSIDE: Omit<Accepting, 'text'> = { ports: undefined, isInside: true };

/** How much one condition leaves. What is not known here narrows nothing. */
function narrowingOf(match: unknown, outside: ReadonlySet<string>): Omit<Accepting, 'text'> {
  const { op, left, right } = must(matchShape.safeParse(match));
  const { payload, meta, ct } = z.record(z.string(), z.record(z.string(), z.unknown())).catch({}).parse(left);
  const values = valuesOf(right);
  const isPlain = op === '==' || op === 'in';
  if (payload !== undefined) return isPlain ? byPayload(payload, right) : OPEN;
  if (meta?.key === 'iifname' || meta?.key === 'iif') {
    // Of a set that has a name, or a value of another form, nobody here sees which interfaces are in it.
    if (!values.every(isOwnName)) return OPEN;
    const names = values.map(String);
    const all = [...outside];
    if (op === '!=') return all.length > 0 && all.every((name) => names.includes(name)) ? INSIDE : OPEN;
    return isPlain && !names.some((name) => all.some((one) => fitsName(one, name))) ? INSIDE : OPEN;
  }
  if (meta?.key === 'l4proto' && isPlain) return values.every((one) => QUIET.has(String(one))) ? INSIDE : OPEN;
  if (ct?.key === 'state' && isPlain) return values.every((one) => ANSWERS.has(String(one))) ? INSIDE : OPEN;
  if (ct?.key === 'direction' && isPlain) return values.every((one) => one === 'reply') ? INSIDE : OPEN;
  return OPEN;
}

/** Protocols that carry no service of ours. */
const QUIET = new Set(['icmp', 'ipv6-icmp', 'icmpv6', 'igmp', 'esp', 'ah', '1', '58', '2', '50', '51']);
/** States of what was asked for from here. */
const ANSWERS = new Set(['established', 'related']);

function byPayload(payload: Readonly<Record<string, unknown>>, right: unknown): Omit<Accepting, 'text'> {
  const { protocol, field } = payload;
  if (protocol === 'icmp' || protocol === 'icmpv6' || protocol === 'igmp') return INSIDE;
  if (field === 'protocol' || field === 'nexthdr')
    return valuesOf(right).every((one) => QUIET.has(String(one))) ? INSIDE : OPEN;
  // Of Ethernet it is the router's, for all that comes from outside.
  if (field === 'saddr' && (protocol === 'ip' || protocol === 'ip6')) return isEverybody(right) ? OPEN : INSIDE;
  if (field !== 'dport') return OPEN;
  return { ports: rangesOf(right, protocol === 'tcp' || protocol === 'udp' ? protocol : 'any'), isInside: false };
}

/** Whether a network is so wide that it is a good part of the world, and no private one. */
export function isWide(address: string, length: number): boolean {
  if (/^(f[cd]|fe[89ab])/i.test(address)) return false;
  return length < (address.includes(':') ? 16 : 8);
}

function isEverybody(right: unknown): boolean {
  return valuesOf(right).some((one) => {
    const read = z.object({ prefix: z.object({ addr: z.string(), len: z.number() }) }).safeParse(one);
    if (read.success) return isWide(read.data.prefix.addr, read.data.prefix.len);
    return !isOwnName(one) || one === '*';
  });
}

function rangesOf(right: unknown, protocol: PortRange['protocol']): PortRange[] {
  return valuesOf(right).map((one) => {
    if (typeof one === 'number') return { protocol, first: one, last: one };
    const read = z.object({ range: z.tuple([z.number(), z.number()]) }).safeParse(one);
    if (!read.success) throw new Unclear('nft: dport');
    return { protocol, first: read.data.range[0], last: read.data.range[1] };
  });
}

/** Values of the right side: one, or a set of them. */
function valuesOf(right: unknown): unknown[] {
  if (Array.isArray(right)) return right;
  const set = z.object({ set: z.unknown() }).safeParse(right);
  if (set.success) return Array.isArray(set.data.set) ? set.data.set : [set.data.set];
  return [right];
}

/** A name, or an address, that stands there itself: no set that has a name, and nothing of another form. */
function isOwnName(value: unknown): value is string {
  return typeof value === 'string' && !value.startsWith('@');
}

/** `eth*` names every interface that begins so. */
function fitsName(name: string, pattern: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern;
}

function textOf(rule: Rule): string {
  const conditions = rule.expr.flatMap(({ match, xt }) => ((match ?? xt) === undefined ? [] : [conditionText(match)]));
  return `${rule.family} ${rule.table} ${rule.chain}: ${conditions.length === 0 ? '*' : conditions.join(', ')}`;
}

function conditionText(match: unknown): string {
  const { left, right } = matchShape.catch({ op: '', left: '?', right: '?' }).parse(match);
  const names = z.record(z.string(), z.record(z.string(), z.unknown())).catch({}).parse(left);
  const [kind] = Object.values(names);
  return `${[kind?.protocol, kind?.field, kind?.key].filter((part) => part !== undefined).join(' ')} ${JSON.stringify(right)}`;
}

function must<Value>(read: { success: boolean; data?: Value | undefined }): Value {
  if (read.success) return read.data as Value;
  throw new Unclear('nft: match');
}
