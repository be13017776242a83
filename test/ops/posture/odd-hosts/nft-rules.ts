import { GOOD, recorded } from '../good-host.ts';
import type { Changed } from './odd-host.ts';

export const nft = (more: object): Changed => {
  const { nftables } = JSON.parse(GOOD.nft) as { nftables: object[] };
  return { nft: JSON.stringify({ nftables: [...nftables, more] }) };
};
export const rule = (...expr: object[]) => nft({ rule: { family: 'inet', table: 'kinkeeper', chain: 'input', expr } });
export const match = (left: object, right: unknown, op = '==') => ({ match: { op, left, right } });
export const dport = (right: unknown, protocol = 'tcp') => match({ payload: { protocol, field: 'dport' } }, right);
export const iifname = (right: unknown, op = '==') => match({ meta: { key: 'iifname' } }, right, op);
export const ACCEPT = { accept: null };

export const CT_MAP = {
  vmap: {
    key: { ct: { key: 'state' } },
    data: {
      set: [
        ['established', ACCEPT],
        ['new', { jump: { target: 'more' } }],
      ],
    },
  },
};

/** Refused by a last rule, which some of it never reaches. */
export function leftToPolicy(expr: object[]): Changed {
  const { nftables } = JSON.parse(lastRule({ drop: null }).nft!) as { nftables: { rule?: object }[] };
  const own = { rule: { family: 'inet', table: 'kinkeeper', chain: 'input', expr } };
  return { nft: JSON.stringify({ nftables: [...nftables.slice(0, -1), own, nftables.at(-1)] }) };
}

/** Everything but what the last rule refuses is let in. */
export function lastRule(...expr: object[]): Changed {
  const { nft: text } = rule(...expr);
  return { nft: text!.replace('"policy":"drop"', '"policy":"accept"') };
}

/** Under some conditions into a chain that lets all in. */
export function jumping(...conditions: object[]): string {
  return leading(...conditions, { jump: { target: 'more' } });
}

export function leading(...expr: object[]): string {
  const of = { family: 'inet', table: 'kinkeeper' };
  const { nftables } = JSON.parse(recorded('nft-measure')) as { nftables: object[] };
  const more = [
    { chain: { ...of, name: 'more' } },
    { rule: { ...of, chain: 'input', expr } },
    { rule: { ...of, chain: 'more', expr: [ACCEPT] } },
    { chain: { ...of, name: 'first' } },
    { rule: { ...of, chain: 'first', expr: [{ jump: { target: 'more' } }] } },
    { chain: { ...of, name: 'map' } },
    { rule: { ...of, chain: 'map', expr: [CT_MAP] } },
    { chain: { ...of, name: 'odd' } },
    { rule: { ...of, chain: 'odd', expr: [{ something: {} }] } },
  ];
  return JSON.stringify({ nftables: [...nftables, ...more] });
}
