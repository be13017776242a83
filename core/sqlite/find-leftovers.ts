import type Database from 'better-sqlite3';
import type { Leftover } from '../erase/erasing.ts';
import { hasServer, longerEndings, namesId } from '../erase/named-id.ts';

/** Event ids of all room versions (https://spec.matrix.org/v1.16/rooms/): a hash, with a server behind it in the oldest. */
const EVENT_ID = /\$[A-Za-z0-9_+/-]+(?::[A-Za-z0-9.:[\]-]+)?/g;

const BASE64 = /[A-Za-z0-9+/]{16,}={0,2}/g;

const SERVER_GOES_ON = /^(?:[.-][A-Za-z0-9]|:[0-9])/;
/** Bytes of an id at most (https://spec.matrix.org/v1.16/appendices/#user-identifiers), twice for sixteen-bit texts. */
const LONGEST_ENDING = 510;

/** What to look for: texts that may stand anywhere in a value, and ids of messages. */
export interface Needles {
  readonly texts: readonly string[];
  readonly events: readonly string[];
}

/**
 * Reads every value of every table of an opened database and counts, by table and column, the rows that hold one of the
 * needles: in texts, and in blobs as bytes or in base64. An id that only begins with a needle is somebody else's. `skip`
 * names tables that are not looked at. Used to prove an erasure.
 */
export function findLeftovers(db: Database.Database, needles: Needles, skip: readonly string[] = []): Leftover[] {
  const tables = db
    .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT IN (SELECT value FROM json_each(?))`)
    .pluck()
    .all(JSON.stringify(skip)) as string[];
  const isFound = finder(needles, othersIn(db, tables, needles.texts));
  return tables.flatMap((table) => inTable(db, table, isFound));
}

function inTable(db: Database.Database, table: string, isFound: (value: unknown) => boolean): Leftover[] {
  const found = new Map<string, number>();
  for (const row of rowsOf(db, table)) {
    for (const [column, value] of Object.entries(row))
      if (isFound(value)) found.set(column, (found.get(column) ?? 0) + 1);
  }
  return [...found].map(([column, rows]) => ({ table, column, rows }));
}

function rowsOf(db: Database.Database, table: string): Iterable<Record<string, unknown>> {
  return db.prepare(`SELECT * FROM "${table.replaceAll('"', '""')}"`).iterate() as Iterable<Record<string, unknown>>;
}

/** How ids of others go on that begin with a needle: bytes have no end by which they could be told apart. */
function othersIn(
  db: Database.Database,
  tables: readonly string[],
  texts: readonly string[],
): Map<string, Set<string>> {
  const others = new Map(texts.map((text) => [text, new Set<string>()]));
  for (const table of tables)
    for (const row of rowsOf(db, table))
      for (const value of Object.values(row))
        if (typeof value === 'string')
          for (const [text, endings] of others) for (const one of longerEndings(value, text)) endings.add(one);
  return others;
}

function finder(
  { texts, events }: Needles,
  others: ReadonlyMap<string, ReadonlySet<string>>,
): (value: unknown) => boolean {
  const bytes = texts.flatMap((text) => inBytes(text, [...others.get(text)!]));
  const ids = new Set(events);
  const hasId = (text: string) =>
    ids.size > 0 && [...text.matchAll(EVENT_ID)].some(([id]) => ids.has(id) || ids.has(id.split(':', 1)[0]!));
  return (value) => {
    if (typeof value === 'string') return texts.some((text) => namesId(value, text)) || hasId(value);
    if (!(value instanceof Uint8Array)) return false;
    const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const text = buffer.toString('latin1');
    if (bytes.some((isIn) => isIn(buffer)) || hasId(text)) return true;
    // The crypto library keeps its records in base64.
    return [...text.matchAll(BASE64)].some(([run]) => {
      const decoded = Buffer.from(run, 'base64');
      return bytes.some((isIn) => isIn(decoded));
    });
  };
}

/**
 * Looks for a text in bytes; where an ending of somebody else's id follows, or what no serialised value puts behind a
 * string, that is not it. Sixteen-bit texts too: that is how a serialised value holds a string with letters beyond Latin.
 */
function inBytes(text: string, endings: readonly string[]): ((buffer: Buffer) => boolean)[] {
  return (['latin1', 'utf16le'] as const).map((encoding) => {
    const needle = Buffer.from(text, encoding === 'latin1' ? 'utf8' : encoding);
    const isOther = (behind: string) =>
      hasServer(text) && (SERVER_GOES_ON.test(behind) || endings.some((ending) => behind.startsWith(ending)));
    return (buffer) => {
      for (let at = buffer.indexOf(needle); at >= 0; at = buffer.indexOf(needle, at + 1)) {
        const end = at + needle.length;
        if (!isOther(buffer.toString(encoding, end, Math.min(buffer.length, end + LONGEST_ENDING)))) return true;
      }
      return false;
    };
  });
}
