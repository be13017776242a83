import { lstat, open, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { type FrozenFile, inMemory } from '../../core/backup/frozen-state.ts';
import { type HostAnswer, HostHelper } from '../host/host-helper.ts';
import type { EvidenceRecords } from './evidence-records.ts';
import { processList } from './process-list.ts';
import { packageVersions, programSums } from './program-files.ts';
import { shownSettings } from './shown-settings.ts';

/** Where evidence comes from. */
export interface EvidenceSources {
  /** undefined: the stores are locked, and nobody had read them before. */
  readonly records: EvidenceRecords | undefined;
  /** undefined: no host helper is set up. */
  readonly helper: HostHelper | undefined;
  /** How long the helper may take. */
  readonly helperMs: number;
  /** All settings as loaded, without secrets. */
  readonly settings: object;
  /** Log files of both processes, where they are in files. */
  readonly logFiles: readonly string[];
}

/** The files, and which parts are not among them: names of ours, no words. */
export interface GatheredEvidence {
  readonly files: readonly FrozenFile[];
  readonly missing: readonly string[];
}

/** The host helper's longest, where nothing hurries; it waits at most a minute for each of its programs. */
export const HELPER_MS = 15 * 60_000;
/** Of each log the last so many bytes. */
const FILE_BYTES = 16 * 1024 ** 2;
/** All of them together; what comes after is told as missing. */
const TOTAL_BYTES = 256 * 1024 ** 2;

/** Gathers everything that tells what went on, without a word of anybody's papers or chats. Throws what reading throws, and the signal's reason. */
export async function gatherEvidence(sources: EvidenceSources, signal: AbortSignal): Promise<GatheredEvidence> {
  const missing: string[] = [];
  const files = [
    ...recordFiles(sources.records, missing),
    textFile('settings.json', `${JSON.stringify(shownSettings(sources.settings), null, 2)}\n`),
    textFile('program/SHA256SUMS', await programSums()),
    textFile('program/packages.txt', await packageVersions()),
    textFile('processes.txt', await processList()),
    ...(await logFiles(sources.logFiles, missing)),
    ...(await hostFiles(sources, { missing, signal })),
  ];
  return withinSize(files, missing);
}

function recordFiles(records: EvidenceRecords | undefined, missing: string[]): FrozenFile[] {
  if (records === undefined) {
    missing.push('records');
    return [];
  }
  const { audit, runs, alerts, ...counts } = records;
  const lines = (rows: readonly object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  return [
    textFile('records/audit.jsonl', lines(audit)),
    textFile('records/job-runs.jsonl', lines(runs)),
    textFile('records/alerts.jsonl', lines(alerts)),
    textFile('records/counts.json', `${JSON.stringify(counts)}\n`),
  ];
}

async function logFiles(paths: readonly string[], missing: string[]): Promise<FrozenFile[]> {
  if (paths.length === 0) missing.push('log-files');
  const found = await Promise.all(paths.map((path) => tailOf(path, `logs/${basename(path)}`)));
  return found.flatMap((file, index) => {
    if (file === undefined) missing.push(`logs/${basename(paths[index]!)}`);
    return file === undefined ? [] : [file];
  });
}

/** What the host helper copied for this, and what it last saw. */
async function hostFiles(
  { helper, helperMs }: EvidenceSources,
  { missing, signal }: { readonly missing: string[]; readonly signal: AbortSignal },
): Promise<FrozenFile[]> {
  if (helper === undefined) {
    missing.push('host');
    return [];
  }
  const facts = await tailOf(join(helper.spoolDir, 'facts.json'), 'host/facts.json');
  if (facts === undefined) missing.push('host/facts.json');
  const copied = await copiedByHelper(helper, { helperMs, signal });
  if (copied === undefined) missing.push('host/evidence');
  return [...(facts ? [facts] : []), ...(copied ?? [])];
}

async function copiedByHelper(
  helper: HostHelper,
  { helperMs, signal }: { readonly helperMs: number; readonly signal: AbortSignal },
): Promise<FrozenFile[] | undefined> {
  const id = HostHelper.newId();
  const answer = await helper
    .ask({ verb: 'evidence' }, { signal, timeoutMs: helperMs, id })
    .catch((): HostAnswer | undefined => undefined);
  signal.throwIfAborted();
  if (answer?.outcome !== 'ok') return undefined;
  const folder = join(helper.spoolDir, 'evidence', id);
  const names = (await readdir(folder).catch(() => [])).sort();
  const files = await Promise.all(names.map((name) => tailOf(join(folder, name), `host/evidence/${name}`)));
  return files.filter((file) => file !== undefined);
}

/** The end of a file as it is now; undefined for what is no plain file, or cannot be read. */
async function tailOf(path: string, name: string): Promise<FrozenFile | undefined> {
  const found = await lstat(path).catch(() => undefined);
  if (!found?.isFile()) return undefined;
  const handle = await open(path, 'r').catch(() => undefined);
  if (handle === undefined) return undefined;
  try {
    const { size } = await handle.stat();
    const bytes = Math.min(size, FILE_BYTES);
    const content = Buffer.alloc(bytes);
    const { bytesRead } = await handle.read(content, 0, bytes, size - bytes);
    return inMemory(name, content.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}

function withinSize(files: readonly FrozenFile[], missing: string[]): GatheredEvidence {
  let total = 0;
  const kept: FrozenFile[] = [];
  for (const file of files) {
    if (total + file.bytes > TOTAL_BYTES) missing.push(`too-large:${file.name}`);
    else {
      total += file.bytes;
      kept.push(file);
    }
  }
  return { files: kept, missing };
}

/** A small file of ours. */
export function textFile(name: string, text: string): FrozenFile {
  return inMemory(name, Buffer.from(text));
}
