import type Database from 'better-sqlite3';
import type { Leftover } from '../erase/erasing.ts';

/** Event ids of all room versions (https://spec.matrix.org/v1.16/rooms/): a hash, with a server behind it in the oldest. */
const EVENT_ID = /\$[A-Za-z0-9_+/-]+(?::[A-Za-z0-9.:[\]-]+)?/g;

const BASE64 = /[A-Za-z0-9+/]{16,}={0,2}/g;

/** What to look for: texts that may stand anywhere in a value, and ids of messages. */
export interface Needles {
  readonly texts: readonly string[];
  readonly events: readonly string[];
}

/**
 * Reads every value of every table of an opened database and counts, by table and column, the rows that hold one of the
 * needles: in texts, and in blobs as bytes or in base64. `skip` names tables that are not looked at. Used to prove an erasure.
 */
export function findLeftovers(db: Database.Database, needles: Needles, skip: readonly string[] = []): Leftover[] {
  const tables = db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN (SELECT value FROM json_each(?))`)
    .pluck()
    .all(JSON.stringify(skip)) as string[];
  const isFound = finder(needles);
  return tables.flatMap((table) => inTable(db, table, isFound));
}

function inTable(db: Database.Database, table: string, isFound: (value: unknown) => boolean): Leftover[] {
  const found = new Map<string, number>();
  for (const row of db.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`).iterate() as Iterable<
    Record<string, unknown>
  >) {
    for (const [column, value] of Object.entries(row))
      if (isFound(value)) found.set(column, (found.get(column) ?? 0) + 1);
  }
  return [...found].map(([column, rows]) => ({ table, column, rows }));
}

function finder({ texts, events }: Needles): (value: unknown) => boolean {
  // Sixteen-bit texts too: that is how a serialised value holds a string with letters beyond Latin.
  const bytes = texts.flatMap((text) => [Buffer.from(text, 'utf8'), Buffer.from(text, 'utf16le')]);
  const ids = new Set(events);
  const hasId = (text: string) =>
    ids.size > 0 && [...text.matchAll(EVENT_ID)].some(([id]) => ids.has(id) || ids.has(id.split(':', 1)[0]!));
  return (value) => {
    if (typeof value === 'string') return texts.some((text) => value.includes(text)) || hasId(value);
    if (!(value instanceof Uint8Array)) return false;
    const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const text = buffer.toString('latin1');
    if (bytes.some((needle) => buffer.includes(needle)) || hasId(text)) return true;
    // The crypto library keeps its records in base64.
    return [...text.matchAll(BASE64)].some(([run]) => {
      const decoded = Buffer.from(run, 'base64');
      return bytes.some((needle) => decoded.includes(needle));
    });
  };
}
