import { harden } from '../../fixes/commands.ts';
import { placeOf } from '../block-tree.ts';
import {
  asRead,
  failed,
  found,
  type HostLine,
  hostLine,
  linesOf,
  must,
  Unclear,
  unlessAny,
  valuesOf,
} from '../line.ts';
import { lockedData } from '../locked-data.ts';

/** Who writes down what happens on the host. */
export const AUDIT_LINES: readonly HostLine[] = [
  hostLine({
    id: 'auditd',
    reads: ['auditd', 'audit-rules', 'settings', 'mounts', 'sealed-data'],
    fix: harden('auditd'),
    judge: (said) => {
      // Rules for what is locked are loaded by the unlock.
      const locked = lockedData(said);
      if (locked !== undefined) return locked;
      const told = (name: string) => new RegExp(`^${name} (\\d+)$`, 'm').exec(said.auditd)?.[1];
      const [enabled, process, limit] = [told('enabled'), told('pid'), told('rate_limit')];
      if (enabled === undefined || process === undefined) throw new Unclear('auditctl -s');
      if (enabled === '0' || process === '0') return failed(asRead(`auditctl -s: enabled ${enabled}, pid ${process}`));
      const data = must(valuesOf(said.settings).get('data_dir') || undefined, 'data_dir');
      const rules = linesOf(said['audit-rules']);
      const paths = [`${data}/secrets`, '/etc/ssh/sshd_config', '/etc/kinkeeper'];
      const missing = [...paths.map((path) => [path, 'w'] as const), [paths[0]!, 'r'] as const].filter(
        ([path, act]) => !rules.some((rule) => isWatching(rule, { path, act, mounts: said.mounts })),
      );
      return unlessAny(
        [
          ...(limit === undefined || limit === '0' ? [] : [found('auditd.limited', { most: limit })]),
          ...rules.filter((rule) => isMuting(rule, paths)).map(asRead),
          ...missing.map(([path, act]) =>
            found(act === 'w' ? 'auditd.changes-unseen' : 'auditd.reads-unseen', { path }),
          ),
        ],
        found('auditd.watches', { paths: paths.join(', ') }),
      );
    },
  }),
];

interface Wanted {
  readonly path: string;
  /** `r` reads it, `w` changes it. */
  readonly act: 'r' | 'w';
  readonly mounts: string;
}

/** A rule that has the kernel record an act on a path, by whomever; of reading, services may be left out. */
function isWatching(rule: string, { path, act, mounts }: Wanted): boolean {
  const place = placeIn(rule);
  if (place === undefined || !isBelow(path, place)) return false;
  // A rule for a folder does not reach what is mounted below it later.
  const { target } = placeOf(path, mounts);
  if (target !== place && isBelow(target, place)) return false;
  if (/^-w /.test(rule)) return (/ -p (\w+)/.exec(rule)?.[1] ?? 'rwxa').includes(act);
  if (!/^-a (always,exit|exit,always) /.test(rule)) return false;
  const perm = / -F perm=(\w+)/.exec(rule)?.[1];
  const calls = [...rule.matchAll(/ -S (\S+)/g)].map(([, call]) => call);
  if (!(perm ?? 'rw').includes(act) || (perm === undefined && calls.some((call) => call !== 'all'))) return false;
  const narrowing = [...rule.matchAll(/ -[FC] (\S+)/g)].map(([, field]) => field!);
  return narrowing.every((field) => /^(perm|path|dir|key|arch)=/.test(field) || (act === 'r' && OF_PEOPLE.test(field)));
}

/** By somebody who logged in. */
const OF_PEOPLE = /^auid(>=\d{1,4}|>\d{1,3}|!=(-1|unset|4294967295))$/;

/** Records that tell nothing of who touched what. */
const MAY_LACK = /^(CWD|PROCTITLE|EOE|AVC|BPF|CRYPTO_\w+|SERVICE_(START|STOP)|NETFILTER_\w+)$/;

/** A rule by which the kernel does not record what it would. */
function isMuting(rule: string, wanted: readonly string[]): boolean {
  const [, list] = /^-a (?:(?:never|always),)?(task|exit|exclude|filesystem)?(?:,(?:never|always))? ?/.exec(rule) ?? [];
  if (list === 'exclude')
    return [...rule.matchAll(/ -F (\S+)/g)].every(
      ([, field]) => !MAY_LACK.test(/^msgtype=(\w+)$/.exec(field!)?.[1] ?? ''),
    );
  if (!/^-a (never,|\w+,never)/.test(rule)) return false;
  if (list === 'filesystem') return !/ -F fstype=(tracefs|debugfs)\b/.test(rule);
  if (list !== 'exit') return list === 'task';
  const place = placeIn(rule);
  if (place !== undefined) return wanted.some((path) => isBelow(path, place) || isBelow(place, path));
  // A program that is left out leaves the others in.
  return !/ -F exe=/.test(rule);
}

function placeIn(rule: string): string | undefined {
  const [, watched, path] = /^-w (\S+)| -F (?:path|dir)=(\S+)/.exec(rule) ?? [];
  return (watched ?? path)?.replace(/(.)\/$/, '$1');
}

function isBelow(path: string, folder: string): boolean {
  return path === folder || folder === '/' || path.startsWith(`${folder}/`);
}
