import { join } from 'node:path';
import { archiveName, type Generation, type Generations, isVerifiedAt } from '../../core/backup/generation.ts';
import { decideWithListed } from '../../core/backup/keep-listed.ts';
import type { KeepRule } from '../../core/backup/keep-policy.ts';
import type { Clock } from '../../core/clock.ts';
import type { Facts } from '../../core/control.ts';
import { step } from '../../core/step.ts';
import { adoptListed } from './adopt.ts';
import { lookAgainAt } from './look-again.ts';
import { copiesAt, decideAt, pruneAt } from './prune.ts';
import { readBack } from './read-back.ts';
import type { Remote, RemoteFile } from './remote.ts';
import { removeAt } from './remove-at.ts';

/** What sending to one remote needs. */
export interface SendParts {
  readonly backups: Generations;
  readonly facts: Pick<Facts, 'get' | 'set'>;
  readonly localDir: string;
  readonly rule: KeepRule;
  readonly zone?: string | undefined;
  /** Where only the far side removes: after how many days, by the name of the remote. */
  readonly daysAt: Readonly<Record<string, number>>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Bytes that were sent in this run and are to be sent, to this remote. */
  readonly onProgress: (done: number, total: number) => void;
  /** A copy there is not what was sent: shorter, or other bytes. */
  readonly onChanged: (generation: Generation) => void;
  /** Whether things may be removed by their age now. */
  readonly mayRemove: boolean;
}

/** What was done at one remote. `missing`: copies that the records knew and somebody else removed. `changed`: those that are not what was sent. */
export interface SendFigures {
  sent: number;
  bytes: number;
  removed: number;
  missing: number;
  changed: number;
}

const DAY_MS = 86_400_000;

/**
 * Brings one remote up to date: compares its list with the records, sends what is local, wanted and not there (newest first),
 * and removes what the rule lets go of. `figures` is filled as it goes, and so are the records: what was sent before a
 * failure stays sent. Throws what the remote throws.
 */
export async function sendTo(
  remote: Remote,
  local: readonly Generation[],
  { parts, figures }: { readonly parts: SendParts; readonly figures: SendFigures },
): Promise<void> {
  const { backups, clock, signal } = parts;
  const list = await remote.list(signal, [...copiesAt(backups, remote.name), ...local].map(fileOf));
  await readBack(remote, list, parts);
  figures.missing += dropMissing(remote.name, list, { parts, figures });
  adoptListed(remote.name, list, { backups, now: clock() });
  await sendMissing(remote, local, { parts, figures });
  await remote.removeUnfinished('generations', signal);
  if (!parts.mayRemove) return;
  const prune = { ...parts, now: clock() };
  figures.removed += await pruneAt(remote.name, (file) => removeAt(remote, file, parts), prune);
}

/** Reads some of what lies at one remote again (look-again.ts), and sends anew what changed and is still whole here. Throws what the remote throws. */
export async function mendAt(
  remote: Remote,
  local: readonly Generation[],
  { parts, figures }: { readonly parts: SendParts; readonly figures: SendFigures },
): Promise<void> {
  const changed = await lookAgainAt(remote, parts);
  figures.changed += changed;
  if (changed > 0) await sendMissing(remote, local, { parts, figures });
}

/** Sends what is wanted there, newest first. */
async function sendMissing(
  remote: Remote,
  local: readonly Generation[],
  { parts, figures }: { readonly parts: SendParts; readonly figures: SendFigures },
): Promise<void> {
  const { backups, clock, signal } = parts;
  const wanted = missingAt(remote.name, local, parts);
  const total = wanted.reduce((sum, { bytes }) => sum + bytes, 0);
  for (const { name, bytes, sha256 } of wanted) {
    const before = figures.bytes;
    const file = archiveName(name);
    const onProgress = (there: number) => parts.onProgress(before + there, total);
    await remote.send({ path: join(parts.localDir, file), name: file, bytes, sha256 }, { signal, onProgress });
    step('backup-arrived');
    backups.noteCopy(name, { place: remote.name, verifiedAt: clock() });
    step('backup-sent');
    figures.sent++;
    figures.bytes += bytes;
  }
}

/**
 * Drops the records of copies that are not there any more, or are of another size. Returns how many are gone that nobody should have removed:
 * neither we, killed before it was noted, nor the far side by its own days.
 */
function dropMissing(
  remote: string,
  list: readonly RemoteFile[],
  { parts, figures }: { readonly parts: SendParts; readonly figures: SendFigures },
): number {
  const there = new Map(list.map(({ name, bytes }) => [name, bytes]));
  const decided = decideAt(parts.backups, remote, { ...parts, now: parts.clock() });
  const going = 'go' in decided ? decided.go : [];
  // What was only known from a list is forgotten when the next list does not name it (adopt.ts): that may never have been there.
  const sent = copiesAt(parts.backups, remote).filter((one) => isVerifiedAt(one, remote));
  const [gone, changed]: [Generation[], Generation[]] = [[], []];
  for (const one of sent) {
    const bytes = there.get(archiveName(one.name));
    if (bytes === one.bytes) continue;
    (bytes === undefined ? gone : changed).push(one);
    parts.backups.dropCopy(one.name, remote);
  }
  for (const one of changed) parts.onChanged(one);
  figures.changed += changed.length;
  return gone.filter((one) => !going.includes(one.name) && !isTooOld(one, remote, parts)).length;
}

/**
 * What is local and belongs at a remote: not there yet or never verified, and not what the rule would let go of at once. Newest first. Asked
 * again by the job that sends, which keeps them here until then.
 */
export function missingAt(
  remote: string,
  local: readonly Generation[],
  parts: Pick<SendParts, 'backups' | 'rule' | 'zone' | 'daysAt' | 'clock'>,
): Generation[] {
  // From the records: what is gone from there has just left them.
  const there = copiesAt(parts.backups, remote);
  const sent = there.filter((one) => isVerifiedAt(one, remote));
  const coming = without(local, sent);
  const [verified, listed] = [[...sent, ...coming], without(there, [...sent, ...coming])];
  const decided = decideWithListed({ verified, listed }, parts.rule, { now: parts.clock(), zone: parts.zone });
  const going = 'go' in decided ? decided.go : [];
  return coming.filter((one) => !going.includes(one.name) && !isTooOld(one, remote, parts));
}

function without(all: readonly Generation[], others: readonly Generation[]): Generation[] {
  return all.filter(({ name }) => !others.some((one) => one.name === name));
}

function isTooOld(
  { madeAt }: Generation,
  remote: string,
  { daysAt, clock }: Pick<SendParts, 'daysAt' | 'clock'>,
): boolean {
  return Object.hasOwn(daysAt, remote) && clock() - madeAt >= daysAt[remote]! * DAY_MS;
}

function fileOf({ name, bytes }: Generation): RemoteFile {
  return { name: archiveName(name), bytes };
}
