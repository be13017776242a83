import { readFileSync } from 'node:fs';
import { writeDurably } from '../keys/durable-write.ts';
import { storageFault } from '../keys/storage-fault.ts';
import type { EraseKeys } from './erase-keys.ts';

/** An older file, which has no last line to tell whether it is whole. */
const HEAD_BEFORE = 'kinkeeper tombstones v1';
const HEAD = 'kinkeeper tombstones v2';
const MARK = '[0-9a-f]{32}';
const LINE = new RegExp(`^(.+) (${MARK})$`);
const TOMBSTONE = new RegExp(`^(${MARK}) (${MARK}) (\\d{1,16}) ([0-9a-z]{4,24})$`);
const ENDING = new RegExp(`^(share|paper) (${MARK}) (${MARK}) (\\d{1,16})$`);
const LAST = /^end (\d{1,9})$/;

/** That somebody was erased, without who: keyed marks (`EraseKeys.mark`), the time, and the reference of the receipt. */
export interface Tombstone {
  readonly person: string;
  readonly tenant: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reference: string;
}

/** That a share ended or a paper was forgotten, without whose: keyed marks of its tenant and of the message that brought it (of a share: of its shelf). */
export interface Ending {
  readonly kind: 'share' | 'paper';
  readonly tenant: string;
  readonly source: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** What lies in the file. */
export interface Graves {
  readonly tombstones: readonly Tombstone[];
  readonly endings: readonly Ending[];
}

/** What the file says; `damaged` when a line does not fit the one before it, or the last is missing: then only what stands above is believed. */
export interface TombstoneLines extends Graves {
  readonly damaged: boolean;
  readonly missing: boolean;
}

/**
 * Reads the tombstone file, which lies beside the stores so that it outlives their restore from a backup. Each line is
 * authenticated together with the one before, and the last tells how many there are. Throws AppError `unavailable` (`state-dir`).
 */
export function readTombstones(path: string, keys: EraseKeys): TombstoneLines {
  return parseTombstones(contentOf(path), keys);
}

/** The same for what such a file, or a copy of it, holds; undefined: there is none. */
export function parseTombstones(content: string | undefined, keys: EraseKeys): TombstoneLines {
  const tombstones: Tombstone[] = [];
  const endings: Ending[] = [];
  const found = (damaged: boolean) => ({ tombstones, endings, damaged, missing: content === undefined });
  if (content === undefined) return found(false);
  const [head = '', ...lines] = content.split('\n');
  if (head !== HEAD && head !== HEAD_BEFORE) return found(true);
  let before = head;
  for (const line of lines.filter((one) => one !== '')) {
    const [, body = '', seal = ''] = LINE.exec(line) ?? [];
    if (keys.seal(before, body) !== seal) return found(true);
    before = seal;
    const [, person, tenant, at, reference] = TOMBSTONE.exec(body) ?? [];
    const [, kind, owner, source, endedAt] = ENDING.exec(body) ?? [];
    const last = LAST.exec(body);
    if (last) return found(Number(last[1]) !== tombstones.length + endings.length || !content.endsWith(`${line}\n`));
    if (person) tombstones.push({ person, tenant: tenant!, at: Number(at), reference: reference! });
    else if (kind) endings.push({ kind: kind as Ending['kind'], tenant: owner!, source: source!, at: Number(endedAt) });
    else return found(true);
  }
  return found(head === HEAD);
}

/** Writes the file anew, whole or not at all: a power cut leaves the old lines or all of the new ones. */
export function writeTombstones(path: string, graves: Graves, keys: EraseKeys): void {
  writeDurably(path, tombstoneText(graves, keys), { exclusive: false });
}

/** What the file holds for these. The same ones in the same order make the same text. */
export function tombstoneText({ tombstones, endings }: Graves, keys: EraseKeys): string {
  let before = HEAD;
  const bodies = [
    ...tombstones.map(({ person, tenant, at, reference }) => `${person} ${tenant} ${at} ${reference}`),
    ...endings.map(({ kind, tenant, source, at }) => `${kind} ${tenant} ${source} ${at}`),
  ];
  const lines = [...bodies, `end ${bodies.length}`].map((body) => {
    before = keys.seal(before, body);
    return `${body} ${before}\n`;
  });
  return `${HEAD}\n${lines.join('')}`;
}

function contentOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw storageFault(thrown, path);
  }
}
