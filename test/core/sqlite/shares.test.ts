import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Caller, type PersonId } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { lendDocument, lentDocument } from '../../../core/lend-document.ts';
import { sweepShares } from '../../../core/shelf-keeping-vault.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { gramsOf, sampleDocument, samplePassage } from './sample-documents.ts';
import { NOW, openTestState, PASSPHRASE, temporaryFolder } from './temporary-state.ts';

const [ADA, BEN, CEM] = ['@ada:home.test', '@ben:home.test', '@cem:home.test'] as PersonId[];
let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let now = NOW;

beforeEach(async () => {
  place = temporaryFolder();
  now = NOW;
  state = await open();
  for (const id of [ADA!, BEN!, CEM!]) state.control.people.add({ id, role: 'member', language: 'en' });
});

afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

const open = () => openTestState(place.stateDir, { clock: () => now });
const callerOf = (id: string): Caller => state.control.people.callerFor(id)!;
const wordsOf = (_: unknown, { text }: { text: string }) => ({
  grams: gramsOf(text).join(' '),
  pieces: Uint32Array.of(1),
});
const tenantFiles = () => readdirSync(join(place.stateDir, 'tenants'));
const sweep = () => sweepShares({ ...state, people: state.control.people });

function keep(person: string, source = '$1') {
  const document = sampleDocument(source, { name: 'Mietvertrag.pdf' });
  const passages = [samplePassage(0, 'The rent is 800 euros.'), samplePassage(1, 'The deposit is 2400 euros.')];
  return state.vault.write(callerOf(person), (writer) => writer.addDocument(document, passages).number);
}

function lend(document: number, changes: { reader?: PersonId; until?: number } = {}) {
  const { reader = BEN!, until = null } = changes;
  const parts = { vault: state.vault, shares: state.shares, wordsOf, isNote: (page: string | null) => page === 'note' };
  return lendDocument(parts, callerOf(ADA!), { document, reader, until });
}

test('what is lent is there for both, word for word, under a file of its own, and for nobody else', () => {
  const number = keep(ADA!);
  const share = lend(number);
  expect(tenantFiles().filter((file) => file.endsWith('.db'))).toContain(`${share.shelf.tenant}.db`);
  const [seen] = state.shares.of(callerOf(BEN!));
  expect(seen).toMatchObject({ number: 1, side: 'reader', owner: ADA, document: number });
  const own = state.vault.read(callerOf(ADA!), (reader) => reader.passagesOf(number).map(({ text }) => text));
  for (const one of [seen!, share]) {
    expect(lentDocument(state.vault, one.shelf)?.name).toBe('Mietvertrag.pdf');
    expect(state.vault.read(one.shelf, (reader) => reader.passagesOf(1).map(({ text }) => text))).toEqual(own);
  }
  expect(state.shares.of(callerOf(CEM!))).toEqual([]);
  expect(state.shares.end(callerOf(CEM!), 1)).toBeUndefined();
  expect(() => state.vault.write(seen!.shelf, (writer) => writer.forgetDocument(1))).toThrow(/for reading only/);
});

test('ending it, by either side, destroys the key and the file at once; a kept caller opens nothing', () => {
  const number = keep(ADA!);
  for (const side of [ADA!, BEN!]) {
    lend(number);
    const [seen] = state.shares.of(callerOf(BEN!));
    const { tenant } = seen!.shelf;
    expect(tenantFiles().some((file) => file.startsWith(tenant))).toBe(true);
    state.shares.end(callerOf(side), state.shares.of(callerOf(side))[0]!.number);
    expect(tenantFiles().filter((file) => file.startsWith(tenant))).toEqual([]);
    expect(() => state.vault.read(seen!.shelf, () => 1)).toThrow(/nothing kept/);
    expect(() => state.vault.read(state.control.people.systemCaller(tenant), () => 1)).toThrow(/nothing kept/);
    expect(state.shares.of(callerOf(BEN!))).toEqual([]);
  }
  expect(state.vault.read(callerOf(ADA!), (reader) => reader.document(number)?.name)).toBe('Mietvertrag.pdf');
});

test('a share whose time is over shows nothing, before anything has swept it up', () => {
  lend(keep(ADA!), { until: NOW + 1000 });
  const [seen] = state.shares.of(callerOf(BEN!));
  now = NOW + 999;
  expect(lentDocument(state.vault, seen!.shelf)).toBeDefined();
  now = NOW + 1000;
  expect(state.shares.of(callerOf(BEN!))).toEqual([]);
  expect(state.shares.of(callerOf(ADA!))).toEqual([]);
  expect(() => state.vault.read(seen!.shelf, () => 1)).toThrow(/nothing kept/);
  expect(tenantFiles().some((file) => file.startsWith(seen!.shelf.tenant))).toBe(true);
  sweep();
  expect(tenantFiles().some((file) => file.startsWith(seen!.shelf.tenant))).toBe(false);
});

test('it ends with the document, forgotten or replaced, and with either person', () => {
  const endings: [string, (document: number) => void][] = [
    ['forgotten', (number) => state.vault.write(callerOf(ADA!), (writer) => writer.forgetDocument(number))],
    [
      'replaced',
      (number) => {
        const newer = keep(ADA!, '$newer');
        state.vault.write(callerOf(ADA!), (writer) => writer.replaceDocument(number, { number: newer, at: now }));
      },
    ],
    ['reader removed', () => state.control.people.remove(BEN!)],
    ['owner removed', () => state.control.people.remove(ADA!)],
  ];
  for (const [how, end] of endings) {
    const number = keep(ADA!, `$${how}`);
    const share = lend(number);
    end(number);
    expect(() => state.vault.read(share.shelf, () => 1), how).toThrow(/nothing kept/);
    for (const id of [ADA!, BEN!]) state.control.people.add({ id, role: 'member', language: 'en' });
    // Who comes back does not find it again.
    expect(state.shares.of(callerOf(BEN!)), how).toEqual([]);
    sweep();
    expect(
      tenantFiles().filter((file) => file.startsWith(share.shelf.tenant)),
      how,
    ).toEqual([]);
  }
});

test('a shelf that was never filled, and a file whose key is gone, are cleared away; the rest stays', async () => {
  const number = keep(ADA!);
  const share = lend(number);
  const { shelf } = state.shares.begin(callerOf(ADA!), { document: number, reader: CEM!, until: null });
  state.vault.write(shelf, (writer) => writer.setSetting('half', 'way'));
  expect(state.shares.of(callerOf(CEM!))).toEqual([]);
  state[Symbol.dispose]();
  const orphan = `${'f'.repeat(32)}.db`;
  writeFileSync(join(place.stateDir, 'tenants', orphan), 'noise');
  state = await open();
  sweep();
  expect(tenantFiles()).not.toContain(orphan);
  expect(tenantFiles().filter((file) => file.startsWith(shelf.tenant))).toEqual([]);
  expect(lentDocument(state.vault, share.shelf)?.name).toBe('Mietvertrag.pdf');
  expect(state.vault.read(callerOf(ADA!), (reader) => reader.documents())).toHaveLength(1);
});

test('what was written below a file is not lent, and the same is not lent twice', () => {
  const number = keep(ADA!);
  state.vault.write(callerOf(ADA!), (writer) =>
    writer.addNote(number, 'my secret', {
      ...{ position: 99, page: 'note', heading: '', start: 0, end: 9, text: 'my secret' },
      ...wordsOf(undefined, { text: 'my secret' }),
    }),
  );
  const share = lend(number);
  const lent = state.vault.read(share.shelf, (reader) => JSON.stringify([reader.documents(), reader.passagesOf(1)]));
  expect(lent).not.toContain('secret');
  expect(state.vault.read(share.shelf, (reader) => reader.lexical(gramsOf('secret'), 5))).toEqual([]);
  expect(() => lend(number)).toThrow(/lent already/);
  expect(() => lend(77)).toThrow(/no such document/);
});

const logBytes = () => statSync(join(place.stateDir, 'control.db-wal')).size;

test('the destroyed key is in no log afterwards; while somebody reads, the next sweep sees to that', async () => {
  lend(keep(ADA!));
  state.shares.end(callerOf(ADA!), 1);
  expect(logBytes()).toBe(0);
  lend(1);
  const masterKey = await unlockMasterKey(join(place.stateDir, 'keys.json'), PASSPHRASE);
  const other = openEncrypted(join(place.stateDir, 'control.db'), deriveKey(masterKey, 'control.db'));
  other.exec('BEGIN');
  other.prepare('SELECT count(*) FROM alerts').get();
  state.shares.end(callerOf(ADA!), 2);
  expect(logBytes()).toBeGreaterThan(0);
  other.exec('COMMIT');
  other.close();
  sweep();
  expect(logBytes()).toBe(0);
});

test('one person lends another 25 documents at most', () => {
  for (let number = 1; number <= 26; number++) keep(ADA!, `$${number}`);
  for (let number = 1; number <= 25; number++) lend(number);
  expect(() => lend(26)).toThrow(/too much is lent/);
  lend(26, { reader: CEM! });
  expect(state.shares.of(callerOf(BEN!))).toHaveLength(25);
});

test('from a family room nobody sees what is lent, lends or ends anything', () => {
  lend(keep(ADA!));
  state.rooms.askMembership(() => true);
  for (const person of [ADA!, BEN!]) {
    const inRoom = state.rooms.enter('!family:home.test', person)!;
    expect(inRoom.person).toBe(person);
    expect(state.shares.of(inRoom)).toEqual([]);
    expect(state.shares.end(inRoom, 1)).toBeUndefined();
  }
  expect(state.shares.of(callerOf(BEN!))).toHaveLength(1);
});

test('a shelf that cannot be filled is gone at once, and until it is filled its two people do not enter', () => {
  const number = keep(ADA!);
  const broken = () => {
    const [unfilled] = tenantFiles().flatMap((file) => (/^[0-9a-f]{32}/.exec(file) ?? []) as string[]);
    expect(unfilled).toBeDefined();
    throw new Error('the plug was pulled');
  };
  const vault = { ...state.vault, write: broken } as typeof state.vault;
  const parts = { vault, shares: state.shares, wordsOf, isNote: () => false };
  const lending = { document: number, reader: BEN!, until: null };
  expect(() => lendDocument(parts, callerOf(ADA!), lending)).toThrow('the plug');
  expect(state.shares.countOf(ADA!)).toBe(0);
  expect(state.control.people.tenants().filter(({ kind }) => kind === 'shelf')).toEqual([]);

  const { shelf, open: show } = state.shares.begin(callerOf(ADA!), lending);
  state.vault.write(shelf, (writer) => writer.setSetting('half', 'way'));
  const asBen = new Caller({ person: BEN!, tenant: shelf.tenant, role: 'member', language: 'en' });
  expect(() => state.vault.read(asBen, () => 1)).toThrow(/nothing kept/);
  show();
  expect(state.vault.read(asBen, () => 1)).toBe(1);
});
