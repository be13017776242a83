import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { archiveName } from '../../../core/backup/generation.ts';
import { keepTestQuestions } from '../../../core/backup/test-question.ts';
import type { TenantId } from '../../../core/caller.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { SQLITE_NAME } from '../../../ops/backup/homeserver/homeserver-part.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import {
  type DrilledHouse,
  drilled,
  type OpenBackup,
  openBackup,
  rawControl,
  rawPapers,
  sealAgain,
} from './altered-backup.ts';
import { backupTo, erasePerson, tombstonesOf } from './beside-household.ts';

// A real backup, changed in one way each time and sealed again by who has all keys: whole as an archive, and wrong. Nothing but the
// drill's own look can tell.

const [ADA, BEN, CARA, DORA] = ['@ada:home.test', '@ben:home.test', '@cara:home.test', '@dora:home.test'] as const;
const PAPERS = 3;

let place: ReturnType<typeof temporaryFolder>;
let house: DrilledHouse;
let made: OpenBackup;
let [ben, cara] = ['', ''] as TenantId[] as [TenantId, TenantId];
let copies = 0;
let backup: OpenBackup;

beforeAll(async () => {
  place = temporaryFolder();
  const { stateDir, folder } = place;
  const { plan } = await backupTo(join(folder, 'backups'));
  const synapse = homeserver(join(folder, 'synapse'));
  const state = await openTestState(stateDir, { opensCopies: true, clock: Date.now });
  house = { state, stateDir, plan: { ...plan, homeserver: synapse } };
  state.control.people.seed([ADA, BEN, CARA].map((id) => ({ id, role: 'admin', language: 'en' })));
  for (const id of [ADA, BEN, CARA]) addPapers(id);
  [ben, cara] = [BEN, CARA].map((id) => state.control.people.callerFor(id)!.tenant) as [TenantId, TenantId];
  keepTestQuestions(state, { vectors: loadTokenVectors(), now: Date.now() });
  state.control.audit.append({ at: Date.now(), actor: 'shell', action: 'keys.created', target: '', outcome: 'done' });
  // Of Dora nothing is kept yet.
  state.control.people.add({ id: DORA, role: 'member', language: 'en' });
  // Cara is away: nobody may enter, and her papers are kept.
  state.control.people.remove(CARA as never);
  made = await openBackup(house, join(folder, 'made'));
});
afterAll(() => {
  house.state[Symbol.dispose]();
  place.remove();
});
beforeEach(() => {
  backup = { folder: join(place.folder, `copy${copies++}`), head: made.head };
  cpSync(made.folder, backup.folder, { recursive: true });
});

function addPapers(id: string): void {
  const { vault, control } = house.state;
  vault.write(control.people.callerFor(id)!, (writer) => {
    for (let number = 1; number <= PAPERS; number++) {
      const words = `paper ${number} of ${id} about the violet lighthouse keeper and lamp ${number * 17}`;
      writer.addDocument(sampleDocument(`$${id}-${number}`), [samplePassage(0, words)]);
    }
    // Longer than a page of the file, so that the last pages hold nothing else.
    const turn = { event: '$asked', room: '!kin', question: 'which lamp?', at: 1, passages: [], model: null };
    writer.addTurn({ ...turn, answer: 'the seventeenth, '.repeat(2_000) });
  });
}

function homeserver(folder: string) {
  mkdirSync(join(folder, 'media'), { recursive: true });
  for (const name of ['homeserver.yaml', 'signing.key']) writeFileSync(join(folder, name), 'home.test\n');
  const database = join(folder, 'homeserver.db');
  const db = new Database(database);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE events (id INTEGER PRIMARY KEY, json TEXT)');
  for (let number = 0; number < 400; number++) db.prepare('INSERT INTO events (json) VALUES (?)').run('{}'.repeat(40));
  db.close();
  return { kind: 'sqlite', database, folder, media: join(folder, 'media') } as const;
}

/** Drills what was made of the backup. Nothing of it may be left, whatever comes of it. */
async function outcome(change: Partial<Awaited<ReturnType<typeof sealAgain>>> = {}) {
  const generation = await sealAgain(backup, house);
  try {
    return await drilled({ ...generation, ...change }, house);
  } finally {
    expect(readdirSync(house.stateDir).filter((name) => name.startsWith('drill'))).toEqual([]);
    isProven = house.state.control.backups.find(generation.name)!.provenAt !== null;
  }
}
let isProven = false;

async function expectUnproven(problem: string, change = {}): Promise<void> {
  await expect(outcome(change)).rejects.toMatchObject({ reason: 'backup-unproven', facts: { problem } });
  expect(isProven).toBe(false);
}

test('one that is as it was made proves itself, with the papers of somebody who is away', async () => {
  expect(await outcome()).toMatchObject({ tenants: 2, documents: 2 * PAPERS, questions: 2, erasedAgain: 0 });
  expect(isProven).toBe(true);
});

test('the key of the backup is wiped, whether it proves itself or not', async () => {
  const asked = vi.spyOn(house.state.control.backups, 'sessionKey');
  try {
    await outcome();
    backup.head = { ...backup.head, auditAnchor: { ...backup.head.auditAnchor, rows: 1_000 } };
    await expectUnproven('its audit trail is not the one that was copied');
    const given = asked.mock.results.map(({ value }) => Buffer.from(value as Uint8Array));
    expect(given).toEqual([Buffer.alloc(32), Buffer.alloc(32)]);
  } finally {
    asked.mockRestore();
  }
});

test('a store that opens nothing at all is damaged', async () => {
  const path = join(backup.folder, 'state', 'control.db');
  rawControl(backup, house).close();
  const bytes = readFileSync(path);
  bytes[bytes.length >> 1]! ^= 1;
  bytes[100]! ^= 1;
  writeFileSync(path, bytes);
  await expectUnproven('a store in it cannot be read');
});

test('a page of somebody’s papers that no question reads is damaged', async () => {
  rawPapers(backup, house, ben).close();
  const path = join(backup.folder, 'state', 'tenants', `${ben}.db`);
  const bytes = readFileSync(path);
  bytes[bytes.length - 1]! ^= 1;
  writeFileSync(path, bytes);
  await expectUnproven('stores in it cannot be read: 1');
});

test('the newest line of the audit trail was cut off', async () => {
  const control = rawControl(backup, house);
  control.exec('DROP TRIGGER audit_no_delete');
  expect(control.prepare('DELETE FROM audit WHERE id = (SELECT max(id) FROM audit)').run().changes).toBe(1);
  control.close();
  await expectUnproven('its audit trail is not the one that was copied');
});

test('the audit trail is whole, and an older one than the backup says', async () => {
  const { auditAnchor, ...head } = backup.head;
  backup.head = { ...head, auditAnchor: { ...auditAnchor, rows: auditAnchor.rows + 1 } };
  await expectUnproven('its audit trail is not the one that was copied');
});

test('a paper of somebody is missing', async () => {
  {
    using copy = house.state.openCopy(join(backup.folder, 'state'));
    copy.vault.write(copy.control.people.callerFor(BEN)!, (writer) => writer.forgetDocument(PAPERS));
  }
  await expectUnproven('papers are missing in it');
});

for (const whose of ['a member', 'somebody who is away'])
  for (const what of ['documents', 'passages'] as const)
    test(`the backup says that it holds more ${what} of ${whose} than are there`, async () => {
      const tenant = whose === 'a member' ? ben : cara;
      const more = (one: (typeof backup.head.tenants)[number]) => ({ ...one, [what]: one[what] + 1 });
      const tenants = backup.head.tenants.map((one) => (one.tenant === tenant ? more(one) : one));
      backup.head = { ...backup.head, tenants };
      await expectUnproven('papers are missing in it');
    });

test('a paper of somebody who is away is missing', async () => {
  const papers = rawPapers(backup, house, cara);
  papers.prepare('DELETE FROM documents WHERE number = 1').run();
  papers.close();
  await expectUnproven('papers are missing in it');
});

test('all papers are there, and nothing finds them', async () => {
  const papers = rawPapers(backup, house, ben);
  papers.exec('DELETE FROM gram_runs; DELETE FROM piece_blocks');
  papers.close();
  await expectUnproven('a test question did not find its passage');
});

test('the homeserver’s database is damaged', async () => {
  const path = join(backup.folder, SQLITE_NAME);
  const db = new Database(path);
  const page = db.pragma('page_size', { simple: true }) as number;
  const root = db.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'events'").pluck().get() as number;
  db.close();
  const bytes = readFileSync(path);
  bytes.fill(0xff, (root - 1) * page, root * page);
  writeFileSync(path, bytes);
  const problem = "the backup did not prove itself: the homeserver's database in it is damaged";
  await expect(outcome()).rejects.toMatchObject({ reason: 'backup-unproven', message: problem });
  expect(isProven).toBe(false);
});

test('a backup that holds more than was written is stopped before it fills the disk', async () => {
  const { bytes } = await sealAgain(backup, house);
  await expect(outcome({ plainBytes: bytes >> 1 })).rejects.toMatchObject({
    reason: 'backup-damaged',
    facts: { problem: 'it holds more than was written' },
  });
});

test('another whole backup of ours under its name is not the one that was made', async () => {
  await expect(outcome({ sha256: 'ab'.repeat(32) })).rejects.toMatchObject({
    reason: 'backup-damaged',
    facts: { problem: 'the file is not the one that was made' },
  });
});

test('without room for all of it nothing is even fetched', async () => {
  const generation = await sealAgain(backup, house);
  rmSync(join(house.plan.localDir, archiveName(generation.name)));
  await expect(drilled({ ...generation, plainBytes: 2 ** 50 }, house)).rejects.toMatchObject({ reason: 'disk-full' });
});

// The last ones: he stays erased.
test('whoever was erased since the backup is erased in the copy, and the household’s own list stays as it is', async () => {
  erasePerson(house.state, BEN, Date.now);
  const before = tombstonesOf(house.stateDir);
  expect(await outcome()).toMatchObject({ tenants: 2, questions: 2, erasedAgain: 1 });
  expect(tombstonesOf(house.stateDir)).toBe(before);
});

test('whoever the backup itself has as erased already is not told as erased again', async () => {
  // Frozen between the two places that an erasure is written to.
  cpSync(join(house.stateDir, 'tombstones'), join(backup.folder, 'state', 'tombstones'));
  expect(await outcome()).toMatchObject({ tenants: 1, questions: 1, erasedAgain: 0 });
});
