import { cpSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { EraseKeys } from '../../../core/erase/erase-keys.ts';
import { readTombstones, writeTombstones } from '../../../core/erase/tombstone-file.ts';
import { lendDocument } from '../../../core/lend-document.ts';
import { sampleDocument, samplePassage } from './sample-documents.ts';
import { NOW, openTestState, temporaryFolder } from './temporary-state.ts';

const BEN = '@ben:home.test';
const ADA = '@ada:home.test';
const MARKS = (keys: EraseKeys, id: string) => ({ person: keys.mark('person', id), tenant: keys.mark('tenant', id) });
let place: ReturnType<typeof temporaryFolder>;
let tenant: string;

beforeEach(async () => {
  place = temporaryFolder();
  using state = await openTestState(place.stateDir);
  for (const id of [ADA, BEN]) {
    state.control.people.add({ id, role: 'member', language: 'en' });
    state.vault.write(state.control.people.callerFor(id)!, (writer) =>
      writer.addDocument(sampleDocument('$a'), [samplePassage(0, 'the violin')]),
    );
  }
  tenant = state.control.people.find(BEN)!.tenant;
  state.control.audit.append({ at: NOW, actor: BEN, action: 'command.forget', target: tenant, outcome: 'done' });
});
afterEach(() => place.remove());

const backup = () => join(place.folder, 'backup');
const tombstones = () => join(place.stateDir, 'tombstones');

function eraseBen({ control, erasing }: OpenState): void {
  const person = control.people.find(BEN)!;
  const wish = { kind: 'person', cause: 'self', language: 'en', dueAt: NOW } as const;
  const erasure = erasing.book.plan({ ...wish, person: person.id, tenant: person.tenant });
  control.people.remove(BEN);
  erasing.shred(person.tenant);
  erasing.bury(erasure, NOW);
}

/** The state folder as it was copied before, with the tombstone file of now beside it, as a restore leaves it. */
function restore(keepTombstones = true): void {
  const newer = readFileSync(tombstones());
  rmSync(place.stateDir, { recursive: true });
  cpSync(backup(), place.stateDir, { recursive: true });
  if (keepTombstones) writeFileSync(tombstones(), newer);
}

async function eraseAfterBackup(): Promise<void> {
  cpSync(place.stateDir, backup(), { recursive: true });
  using state = await openTestState(place.stateDir);
  eraseBen(state);
  expect(state.erasing.isShredded(tenant as never)).toBe(true);
  // What was removed does not stand in the log any more, as it was before.
  expect(statSync(join(place.stateDir, 'control.db-wal')).size).toBe(0);
}

test('an erased person does not come back with an older state folder', async () => {
  await eraseAfterBackup();
  restore();
  expect(existsSync(join(place.stateDir, 'tenants', `${tenant}.db`))).toBe(true);
  using state = await openTestState(place.stateDir);
  const { people, alerts, audit } = state.control;
  expect(people.find(BEN)).toBeUndefined();
  expect(readdirSync(join(place.stateDir, 'tenants')).filter((file) => file.startsWith(tenant))).toEqual([]);
  expect(state.erasing.isShredded(tenant as never)).toBe(true);
  people.seed([{ id: BEN, role: 'member', language: 'en' }]);
  expect(people.find(BEN)).toBeUndefined();
  expect(alerts.recent(3)).toMatchObject([{ code: 'erased-again', facts: { count: 1 } }]);
  expect(audit.verify()).toBe(1);
  expect(audit.recent(1)[0]!.actor).toMatch(/^person:/);
  // The others are as they were.
  expect(state.vault.read(people.callerFor(ADA)!, (reader) => reader.documents())).toHaveLength(1);
});

test('nor does what they lent and borrowed, and the family rooms of that folder do not name them', async () => {
  const room = '!family:home.test';
  let shelves: string[];
  {
    using state = await openTestState(place.stateDir);
    const { people } = state.control;
    const [ada, ben] = [people.callerFor(ADA)!, people.callerFor(BEN)!];
    const wordsOf = () => ({ grams: '', pieces: Uint32Array.of(1) });
    const parts = { vault: state.vault, shares: state.shares, wordsOf, isNote: () => false };
    const lent = [
      lendDocument(parts, ben, { document: 1, reader: ada.person, until: null }),
      lendDocument(parts, ada, { document: 1, reader: ben.person, until: null }),
    ];
    shelves = lent.map(({ shelf }) => shelf.tenant);
    state.rooms.askMembership(() => true);
    state.vault.write(state.rooms.enter(room, BEN)!, (writer) => {
      writer.addDocument(sampleDocument('$paper'), [samplePassage(0, 'the ferry')]);
      writer.noteRoom('$paper', room, BEN);
      writer.addTurn({ event: '$q', room, question: 'when?', answer: 'now', at: NOW, passages: [], model: null });
    });
  }
  await eraseAfterBackup();
  restore();
  using state = await openTestState(place.stateDir);
  const isShelf = (file: string) => shelves.some((shelf) => file.startsWith(shelf));
  expect(readdirSync(join(place.stateDir, 'tenants')).filter(isShelf)).toEqual([]);
  expect(state.shares.of(state.control.people.callerFor(ADA)!)).toEqual([]);
  expect(state.shares.countOf(BEN)).toBe(0);
  state.rooms.askMembership(() => true);
  state.vault.read(state.rooms.callerFor(room, ADA)!, (reader) => {
    expect(reader.documents()).toHaveLength(1);
    expect([reader.sentBy(BEN), reader.memorySize().turns]).toEqual([0, 0]);
  });
});

test('the tombstone file holds no name, and is written again where it was lost', async () => {
  await eraseAfterBackup();
  const before = readFileSync(tombstones(), 'latin1');
  expect(before).not.toMatch(/ben|home/);
  expect(before).not.toContain(tenant);
  rmSync(tombstones());
  {
    using state = await openTestState(place.stateDir);
    expect(state.control.alerts.recent(1)).toMatchObject([{ code: 'tombstones-damaged', severity: 'critical' }]);
  }
  expect(readFileSync(tombstones(), 'latin1')).toBe(before);
});

test('without its tombstones an older folder brings everybody back: that is what the file is for', async () => {
  await eraseAfterBackup();
  restore(false);
  using state = await openTestState(place.stateDir);
  expect(state.control.people.find(BEN)).toBeDefined();
});

test.each([
  ['missing', () => undefined],
  ['one of before', () => readFileSync(join(backup(), 'tombstones'), 'latin1')],
  ['without its last lines', () => readFileSync(tombstones(), 'latin1').split('\n').slice(0, -3).join('\n')],
])('admins hear of a tombstone file that is %s beside a control.db that knows more', async (_what, changed) => {
  await eraseAfterBackup();
  const [before, content] = [readFileSync(tombstones(), 'latin1'), changed()];
  if (content === undefined) rmSync(tombstones());
  else writeFileSync(tombstones(), content);
  using state = await openTestState(place.stateDir);
  expect(state.control.alerts.recent(1)).toMatchObject([{ code: 'tombstones-damaged', severity: 'critical' }]);
  expect(readFileSync(tombstones(), 'latin1')).toBe(before);
});

test.each([
  ['is missing', () => rmSync(tombstones())],
  [
    'lost its last lines',
    () => writeFileSync(tombstones(), readFileSync(tombstones(), 'latin1').split('\n').slice(0, -3).join('\n')),
  ],
])('admins hear when an older folder was restored and its tombstone file %s', async (_what, damage) => {
  await eraseAfterBackup();
  restore();
  damage();
  using state = await openTestState(place.stateDir);
  expect(state.control.alerts.recent(1)).toMatchObject([{ code: 'tombstones-damaged', severity: 'critical' }]);
});

describe('what ended since an older state folder was copied', () => {
  const ROOM = '!family:home.test';
  const KEPT = '$kept';
  const callerOf = (state: OpenState, id: string) => state.control.people.callerFor(id)!;
  const sources = (state: OpenState, id: string) =>
    state.vault.read(callerOf(state, id), (reader) =>
      [...reader.documents(), ...reader.replacedDocuments()].map(({ source }) => source),
    );
  const roomOf = (state: OpenState) => {
    state.rooms.askMembership(() => true);
    return state.rooms.enter(ROOM, ADA)!;
  };
  const add = (state: OpenState, id: string, source: string) =>
    state.vault.write(callerOf(state, id), (writer) =>
      writer.addDocument(sampleDocument(source), [samplePassage(0, source)]),
    ).number;
  const lend = (state: OpenState, document: number) => {
    const parts = {
      vault: state.vault,
      shares: state.shares,
      wordsOf: () => ({ grams: '', pieces: Uint32Array.of(1) }),
    };
    const terms = { document, reader: callerOf(state, BEN).person, until: null };
    return lendDocument({ ...parts, isNote: () => false }, callerOf(state, ADA), terms).shelf.tenant;
  };
  let shelf: string;

  beforeEach(async () => {
    {
      using state = await openTestState(place.stateDir);
      for (const source of ['$second', KEPT]) add(state, ADA, source);
      // Sent twice, of which one message was deleted since.
      state.vault.write(callerOf(state, ADA), (writer) => {
        writer.addSource(2, { source: '$again', addedAt: NOW + 1 });
        writer.addTurn({
          event: '$q',
          room: '!r',
          question: '?',
          answer: 'violin',
          at: NOW,
          passages: [],
          model: null,
        });
      });
      shelf = lend(state, 3);
      state.vault.write(roomOf(state), (writer) => {
        writer.addDocument(sampleDocument('$paper'), [samplePassage(0, 'the ferry')]);
        writer.addDocument(sampleDocument('$ticket'), [samplePassage(0, 'the ticket')]);
      });
    }
    cpSync(place.stateDir, backup(), { recursive: true });
    using state = await openTestState(place.stateDir);
    state.shares.end(callerOf(state, ADA), 1);
    state.vault.write(callerOf(state, ADA), (writer) => {
      writer.forgetSource('$second', () => ({ grams: '', pieces: Uint32Array.of(1) }));
      for (const number of [1, 2]) writer.forgetDocument(number);
    });
    state.vault.write(roomOf(state), (writer) => writer.forgetDocument(1));
    // All of Ben's.
    state.vault.write(callerOf(state, BEN), (writer) => writer.forgetDocument(1));
  });

  test('is at its end again: shares, forgotten papers, and all of somebody who forgot all', async () => {
    restore();
    using state = await openTestState(place.stateDir);
    expect(state.shares.of(callerOf(state, BEN))).toEqual([]);
    expect(readdirSync(join(place.stateDir, 'tenants')).filter((file) => file.startsWith(shelf))).toEqual([]);
    expect([sources(state, ADA), sources(state, BEN)]).toEqual([[KEPT], []]);
    const room = state.vault.read(roomOf(state), (reader) => reader.documents().map(({ source }) => source));
    expect(room).toEqual(['$ticket']);
    expect(state.vault.read(callerOf(state, ADA), (reader) => reader.memorySize().turns)).toBe(0);
    expect(state.control.alerts.recent(9)).toMatchObject([{ code: 'ended-again', facts: { papers: 4, shares: 1 } }]);
  });

  test('stands in the file without names, and touches nothing that comes later under the same numbers', async () => {
    const file = readFileSync(tombstones(), 'latin1');
    expect(file).not.toMatch(/@ada|@ben|:home|\$second/);
    expect(file).not.toContain(shelf);
    restore();
    {
      using state = await openTestState(place.stateDir);
      expect(add(state, BEN, '$new')).toBe(2);
      lend(state, 3);
    }
    for (let start = 0; start < 2; start++) {
      using state = await openTestState(place.stateDir);
      expect([sources(state, BEN), state.shares.of(callerOf(state, BEN)).length]).toEqual([['$new'], 1]);
      expect(state.control.alerts.recent(9)).toHaveLength(1);
    }
  });

  test('waits for somebody who is frozen there, and holds when they are let in again', async () => {
    const newer = readFileSync(tombstones());
    restore();
    writeFileSync(tombstones(), readFileSync(join(backup(), 'tombstones')));
    {
      using state = await openTestState(place.stateDir);
      state.control.people.remove(BEN);
    }
    writeFileSync(tombstones(), newer);
    {
      using state = await openTestState(place.stateDir);
      expect(state.control.people.find(BEN)).toBeUndefined();
      state.control.people.add({ id: BEN, role: 'member', language: 'en' });
    }
    using state = await openTestState(place.stateDir);
    expect([sources(state, ADA), sources(state, BEN)]).toEqual([[KEPT], []]);
  });

  test('is not noted when the forgetting itself fails', async () => {
    {
      using state = await openTestState(place.stateDir);
      const failing = () =>
        state.vault.write(callerOf(state, ADA), (writer) => {
          writer.forgetDocument(3);
          throw new Error('no');
        });
      expect(failing).toThrow('no');
    }
    restore();
    using state = await openTestState(place.stateDir);
    expect(sources(state, ADA)).toEqual([KEPT]);
  });
});

test.each([
  ['a changed mark', (text: string) => text.replace(/\n[0-9a-f]/, '\nx')],
  [
    'another installation’s line',
    (text: string) => `${text}${'0'.repeat(32)} ${'0'.repeat(32)} 5 abcd ${'0'.repeat(32)}\n`,
  ],
  ['something else', () => 'hello\n'],
])('a tombstone file with %s is told to the admins and mended', async (_what, damage) => {
  await eraseAfterBackup();
  const before = readFileSync(tombstones(), 'latin1');
  writeFileSync(tombstones(), damage(before));
  using state = await openTestState(place.stateDir);
  expect(state.control.alerts.recent(1)).toMatchObject([{ code: 'tombstones-damaged', severity: 'critical' }]);
  expect(readFileSync(tombstones(), 'latin1')).toBe(before);
});

test('every bit of a tombstone line is authenticated', () => {
  const keys = new EraseKeys(new Uint8Array(32).fill(5));
  const path = join(place.folder, 'tombstones');
  const made = ['a', 'b'].map((id) => ({ ...MARKS(keys, id), at: NOW, reference: 'abcd' }));
  const mark = keys.mark('tenant', 'shelf');
  const endings = [{ kind: 'share', tenant: mark, source: mark, at: NOW }] as const;
  writeTombstones(path, { tombstones: made, endings }, keys);
  expect(readTombstones(path, keys)).toEqual({ tombstones: made, endings, damaged: false, missing: false });
  const whole = readFileSync(path);
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    writeFileSync(path, flipped);
    const found = readTombstones(path, keys);
    expect(found.damaged, `bit ${bit}`).toBe(true);
    for (const tombstone of found.tombstones) expect(made).toContainEqual(tombstone);
    for (const ending of found.endings) expect(endings).toContainEqual(ending);
  }
  for (let end = 0; end < whole.length; end++) {
    writeFileSync(path, whole.subarray(0, end));
    expect(readTombstones(path, keys).damaged, `${end} bytes`).toBe(true);
  }
});

test('a list of another place is taken in whole or not at all, and adds to what is known here', async () => {
  await eraseAfterBackup();
  let list: string;
  {
    using state = await openTestState(place.stateDir);
    list = state.erasing.erasedList();
    expect(list).toBe(readFileSync(tombstones(), 'latin1'));
  }
  rmSync(place.stateDir, { recursive: true });
  cpSync(backup(), place.stateDir, { recursive: true });
  {
    using state = await openTestState(place.stateDir);
    // Of its own: what only one of both lists has stays.
    state.vault.write(state.control.people.callerFor(ADA)!, (writer) => void writer.forgetDocument(1));
    const own = state.erasing.erasedList();
    const foreign = list.replace(/[0-9a-f]{32}\nend/, `${'0'.repeat(32)}\nend`);
    for (const other of ['', list.slice(0, -1), list.slice(0, list.indexOf('end ')), foreign]) {
      expect(state.erasing.takeErasedList(other)).toBe(false);
      expect(state.erasing.erasedList()).toBe(own);
    }
    expect(state.erasing.takeErasedList(list)).toBe(true);
    expect(state.erasing.takeErasedList(list)).toBe(true);
    expect(readFileSync(tombstones(), 'latin1').match(/\n/g)).toHaveLength(own.match(/\n/g)!.length + 1);
  }
  using state = await openTestState(place.stateDir);
  expect(state.control.people.find(BEN)).toBeUndefined();
  expect(state.vault.read(state.control.people.callerFor(ADA)!, (reader) => reader.documents())).toEqual([]);
  expect(state.control.alerts.recent(9).map(({ code }) => code)).not.toContain('tombstones-damaged');
});

test('a person of the same name who came later is not touched by an older tombstone', async () => {
  await eraseAfterBackup();
  {
    using state = await openTestState(place.stateDir);
    state.control.people.add({ id: BEN, role: 'member', language: 'en' });
    state.vault.write(state.control.people.callerFor(BEN)!, (writer) =>
      writer.addDocument(sampleDocument('$new'), [samplePassage(0, 'new')]),
    );
  }
  using state = await openTestState(place.stateDir);
  expect(state.vault.read(state.control.people.callerFor(BEN)!, (reader) => reader.documents())).toHaveLength(1);
});

test('receipts and marks stay the same over a restart', async () => {
  const read = async () => {
    using state = await openTestState(place.stateDir);
    return [state.erasing.subject(BEN), state.erasing.verifyingKey.export({ format: 'jwk' }).x];
  };
  expect(await read()).toEqual(await read());
});
