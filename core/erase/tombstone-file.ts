import { readFileSync } from 'node:fs';
import { writeDurably } from '../keys/durable-write.ts';
import { storageFault } from '../keys/storage-fault.ts';
import type { EraseKeys } from './erase-keys.ts';

const HEAD = 'kinkeeper tombstones v1';
const LINE = /^([0-9a-f]{32}) ([0-9a-f]{32}) (\d{1,16}) ([0-9a-z]{4,24}) ([0-9a-f]{32})$/;

/** That somebody was erased, without who: keyed marks (`EraseKeys.mark`), the time, and the reference of the receipt. */
export interface Tombstone {
  readonly person: string;
  readonly tenant: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reference: string;
}

/** What the file says; `damaged` when a line does not fit the one before it: then only the lines above it are believed. */
export interface TombstoneLines {
  readonly tombstones: readonly Tombstone[];
  readonly damaged: boolean;
}

/**
 * Reads the tombstone file, which lies beside the stores so that it outlives their restore from a backup. Each line is
 * authenticated together with the one before. A missing file holds none. Throws AppError `unavailable` (`state-dir`).
 */
export function readTombstones(path: string, keys: EraseKeys): TombstoneLines {
  const [head, ...lines] = contentOf(path).split('\n');
  if (head === '' && lines.length === 0) return { tombstones: [], damaged: false };
  const tombstones: Tombstone[] = [];
  let before = HEAD;
  for (const line of lines) {
    const [, person = '', tenant = '', at = '', reference = '', seal = ''] = LINE.exec(line) ?? [];
    if (line === '') continue;
    const tombstone = { person, tenant, at: Number(at), reference };
    if (head !== HEAD || seal === '' || keys.seal(before, bodyOf(tombstone)) !== seal)
      return { tombstones, damaged: true };
    tombstones.push(tombstone);
    before = seal;
  }
  return { tombstones, damaged: head !== HEAD };
}

/** Writes the file anew, whole or not at all: a power cut leaves the old lines or all of the new ones. */
export function writeTombstones(path: string, tombstones: readonly Tombstone[], keys: EraseKeys): void {
  let before = HEAD;
  const lines = tombstones.map((tombstone) => {
    const body = bodyOf(tombstone);
    before = keys.seal(before, body);
    return `${body} ${before}\n`;
  });
  writeDurably(path, `${HEAD}\n${lines.join('')}`, { exclusive: false });
}

function bodyOf({ person, tenant, at, reference }: Tombstone): string {
  return `${person} ${tenant} ${at} ${reference}`;
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return '';
    throw storageFault(thrown, path);
  }
}
