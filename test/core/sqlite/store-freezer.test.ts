import { closeSync, openSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { StoreFreezer } from '../../../core/sqlite/store-freezer.ts';
import { type Child, killChildren, startChild } from './child.ts';
import { temporaryFolder } from './temporary-state.ts';

// Somebody else's process writes and moves its log about in each of the places where a copy could go wrong. One value stands in
// every row at any moment: a copy that holds two of them is no moment.

const KEY = '5c'.repeat(32);
let place: ReturnType<typeof temporaryFolder>;
let path: string;
beforeEach(() => {
  place = temporaryFolder();
  path = join(place.folder, 'a.db');
});
afterEach(() => {
  killChildren();
  place.remove();
});

interface Kind {
  readonly name: string;
  readonly key: string;
  readonly page: number;
}
const KINDS: readonly Kind[] = [
  { name: 'sealed', key: KEY, page: 4096 },
  ...[512, 4096, 65_536].map((page) => ({ name: `plain, pages of ${page}`, key: 'none', page })),
];
/** How the log is brought there before the moment. */
const LOGS: Readonly<Record<string, readonly string[]>> = {
  'never written back': ['round 1', 'round 2'],
  empty: ['round 1', 'round 2', 'checkpoint TRUNCATE'],
  'written back whole and still there': ['round 1', 'round 2', 'checkpoint PASSIVE'],
  'written back in part': ['round 1', 'hold', 'round 2', 'checkpoint PASSIVE'],
  'begun anew': ['round 1', 'checkpoint PASSIVE', 'round 2'],
  'begun anew and written back': ['round 1', 'checkpoint RESTART', 'round 2', 'checkpoint PASSIVE'],
};
/** What happens while the copy is read, one after every chunk. */
const MEANWHILE = ['round 3', 'checkpoint TRUNCATE', 'round 4', 'checkpoint PASSIVE', 'checkpoint RESTART', 'shrink'];

async function puppet({ key, page }: Pick<Kind, 'key' | 'page'>) {
  const child = startChild('store-puppet', [path, key, String(page)], 'commanded');
  expect(await child.nextLine()).toBe('ready');
  const say = async (command: string) => {
    child.process.stdin!.write(`${command}\n`);
    expect(await child.nextLine(), command).toBe('ok');
  };
  return { child, say };
}

function frozen(key: string): StoreFreezer {
  const store = new StoreFreezer(path, key === 'none' ? undefined : Buffer.from(key, 'hex'));
  expect(store.tryLock()).toBe(true);
  store.pin();
  store.unlock();
  return store;
}

/** Copies as a backup does, with `meanwhile` after every chunk, and returns what the copy holds. */
async function copied(store: StoreFreezer, key: string, meanwhile: () => Promise<void>) {
  const copy = join(place.folder, 'copy.db');
  for (const file of store.files('copy.db')) {
    const handle = openSync(join(place.folder, file.name), 'w', 0o600);
    let bytes = 0;
    for await (const chunk of file.read()) {
      bytes += writeSync(handle, chunk);
      await meanwhile();
    }
    closeSync(handle);
    expect(bytes).toBe(file.bytes);
  }
  const db = key === 'none' ? new Database(copy) : openEncrypted(copy, Buffer.from(key, 'hex'), { mustExist: true });
  try {
    expect(db.pragma('integrity_check', { simple: true })).toBe('ok');
    return db.prepare('SELECT value, count(*) AS rows FROM rows GROUP BY value').all();
  } finally {
    db.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${copy}${suffix}`, { force: true });
  }
}

for (const kind of KINDS) {
  for (const [log, steps] of Object.entries(LOGS)) {
    test(`the copy is of one moment: ${kind.name}, log ${log}`, async () => {
      const { say } = await puppet(kind);
      for (const step of steps) await say(step);
      const store = frozen(kind.key);
      if (steps.includes('hold')) await say('let-go');
      let turn = 0;
      const rows = await copied(store, kind.key, () => say(MEANWHILE[turn++ % MEANWHILE.length]!));
      expect(turn).toBeGreaterThanOrEqual(3);
      expect(rows).toEqual([{ value: 2, rows: 400 }]);
      // And again, the same: what is frozen can be read as often as asked.
      expect(await copied(store, kind.key, async () => {})).toEqual([{ value: 2, rows: 400 }]);
      store.close();
      store.closeFiles();
    });
  }
}

test('every mark of a reader is taken: it shares an older one, and the copy is right all the same', async () => {
  const kind = KINDS[0]!;
  const { say } = await puppet(kind);
  const others: { child: Child; say: (command: string) => Promise<void> }[] = [];
  await say('round 1');
  // Five marks there are, one of them for the file alone.
  for (let round = 1; round <= 6; round++) {
    const other = await puppet(kind);
    await other.say('hold');
    others.push(other);
    await say(`round ${round === 6 ? 2 : 10 + round}`);
  }
  const store = frozen(kind.key);
  for (const other of others) await other.say('let-go');
  let turn = 0;
  expect(await copied(store, kind.key, () => say(MEANWHILE[turn++ % MEANWHILE.length]!))).toEqual([
    { value: 2, rows: 400 },
  ]);
  store.close();
  store.closeFiles();
});

test('whoever writes right now is not waited for, and afterwards nothing is locked', async () => {
  const { say } = await puppet(KINDS[0]!);
  await say('round 1');
  await say('lock');
  const store = new StoreFreezer(path, Buffer.from(KEY, 'hex'));
  expect(store.tryLock()).toBe(false);
  await say('unlock');
  expect(store.tryLock()).toBe(true);
  store.unlock();
  await say('round 2');
  store.close();
  store.closeFiles();
});

test('a file that keeps no log is refused, with what to do, and left as it was', () => {
  const db = new Database(path);
  db.exec('CREATE TABLE t (a)');
  expect(() => new StoreFreezer(path)).toThrow(
    expect.objectContaining({ code: 'unsupported', reason: 'store-mode', hint: expect.stringContaining('WAL') }),
  );
  expect(db.pragma('journal_mode', { simple: true })).toBe('delete');
  db.exec('INSERT INTO t VALUES (1)');
  db.close();
});

test('what is no SQLite file, or not there, is named', () => {
  expect(() => new StoreFreezer(path)).toThrow(expect.objectContaining({ code: 'unavailable' }));
  writeSync(openSync(path, 'w'), Buffer.alloc(8192, 7));
  expect(() => new StoreFreezer(path)).toThrow(expect.objectContaining({ reason: 'store-unreadable' }));
});
