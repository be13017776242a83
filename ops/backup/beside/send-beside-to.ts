import { type BesideKind, besideAmong } from '../../../core/backup/beside.ts';
import { archiveName } from '../../../core/backup/generation.ts';
import type { Facts } from '../../../core/control.ts';
import type { Remote, RemoteFile } from '../remote.ts';
import { learnRemoval, removeAt } from '../remove-at.ts';
import type { BesideRecord } from './beside-record.ts';
import { KEPT_COPIES } from './make-erased-copy.ts';

/** A sealed file of this machine that belongs to every remote, beside the generations. */
export interface BesideFile {
  readonly kind: BesideKind;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** Where it lies on this machine. */
  readonly path: string;
}

/** What was done at remotes. */
export interface BesideFigures {
  sent: number;
  bytes: number;
  removed: number;
}

/** So many archives of evidence go to each remote, the newest. */
export const KEPT_EVIDENCE = 5;
const KEPT: Readonly<Record<BesideKind, number>> = { erased: KEPT_COPIES, evidence: KEPT_EVIDENCE };
/** After so long it is looked whether what was sent still lies there. */
const LOOK_MS = 86_400_000;

interface Sending {
  /** What is to lie there: the list of what was erased first. */
  readonly wanted: readonly BesideFile[];
  readonly record: BesideRecord['there'][string] | undefined;
  readonly facts: Pick<Facts, 'get' | 'set'>;
  readonly now: number;
  readonly signal: AbortSignal;
  readonly figures: BesideFigures;
  /** Called for each file that was never there before, once it is. */
  readonly onSent: (file: BesideFile) => void;
}

/**
 * Sends to one remote what belongs there beside the generations and is not there yet, and removes older files of the same kinds. Nothing is
 * asked of the remote while all of it was there a day ago. Returns what lies there now; undefined where nothing was asked. Throws what the remote throws: what had come by
 * then is found there by the next try.
 */
export async function sendBesideTo(
  remote: Remote,
  sending: Sending,
): Promise<BesideRecord['there'][string] | undefined> {
  const { wanted, record, now, signal, figures, onSent } = sending;
  const age = now - (record?.lookedAt ?? Number.NEGATIVE_INFINITY);
  const known = new Set(record?.files);
  // A clock that was set back says nothing about when it was looked.
  if (age >= 0 && age < LOOK_MS && wanted.every(({ name }) => known.has(archiveName(name)))) return undefined;
  const there = await remote.list(signal, wanted.map(remoteFile));
  for (const file of wanted) {
    const { name, bytes } = remoteFile(file);
    if (there.some((one) => one.name === name && one.bytes === bytes)) continue;
    await remote.send({ path: file.path, name, bytes, sha256: file.sha256 }, { signal });
    figures.sent++;
    figures.bytes += bytes;
    if (!known.has(name)) onSent(file);
  }
  await remote.removeUnfinished('beside', signal);
  figures.removed += await removeOlder(remote, there, sending);
  await learnRemoval(remote, sending);
  return { files: wanted.map(({ name }) => archiveName(name)), lookedAt: now };
}

async function removeOlder(
  remote: Remote,
  there: readonly RemoteFile[],
  { wanted, facts, signal }: Sending,
): Promise<number> {
  let removed = 0;
  for (const kind of ['erased', 'evidence'] as const) {
    const staying = wanted.filter((file) => file.kind === kind).map(({ name }) => archiveName(name));
    const others = besideAmong(there, kind).filter(({ name }) => !staying.includes(name));
    for (const { name } of others.slice(Math.max(0, KEPT[kind] - staying.length))) {
      // Where our key can only add, the far side has to remove them.
      if (!(await removeAt(remote, name, { facts, signal }))) return removed;
      removed++;
    }
  }
  return removed;
}

function remoteFile({ name, bytes }: BesideFile): RemoteFile {
  return { name: archiveName(name), bytes };
}
