import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { lendDocument, lentDocument } from '../../../core/lend-document.ts';
import type { Share } from '../../../core/shares.ts';
import { rotateMasterKey } from '../../../core/sqlite/rotate-master-key.ts';
import { gramsOf, sampleDocument, samplePassage } from './sample-documents.ts';
import { NOW, openTestState, PASSPHRASE, temporaryFolder } from './temporary-state.ts';

const [ADA, BEN, ROOM] = ['@ada:home.test', '@ben:home.test', '!family:home.test'] as const;
let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let share: Share;
let room: Caller;

beforeEach(async () => {
  place = temporaryFolder();
  await open();
  for (const id of [ADA, BEN]) state.control.people.add({ id, role: 'member', language: 'en' });
  room = state.rooms.enter(ROOM, ADA)!;
  const text = 'The rent is 800 euros.';
  for (const caller of [callerOf(ADA), room])
    state.vault.write(caller, (writer) =>
      writer.addDocument(
        sampleDocument('$1'),
        Array.from({ length: 200 }, (_, at) => samplePassage(at, text)),
      ),
    );
  const wordsOf = () => ({ grams: gramsOf(text).join(' '), pieces: Uint32Array.of(1) });
  share = lendDocument({ ...state, wordsOf, isNote: () => false }, callerOf(ADA), {
    ...{ document: 1, reader: callerOf(BEN).person, until: null },
  });
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

async function open(): Promise<void> {
  state = await openTestState(place.stateDir);
  state.rooms.askMembership(() => true);
}
const callerOf = (id: string): Caller => state.control.people.callerFor(id)!;
const filesOf = (tenant: string) =>
  readdirSync(join(place.stateDir, 'tenants')).filter((file) => file.startsWith(tenant) && file.endsWith('.db'));

function expectAllThere(): void {
  const [seen] = state.shares.of(callerOf(BEN));
  expect(lentDocument(state.vault, seen!.shelf)?.passages).toBe(200);
  for (const caller of [state.rooms.callerFor(ROOM, BEN)!, callerOf(ADA)])
    expect(state.vault.read(caller, (reader) => reader.passageCount())).toBe(200);
}

test('people, rooms and shelves get new keys alike, and are counted by kind', async () => {
  expect(state.keys.ages()).toMatchObject({ count: 4, kinds: { person: 2, room: 1, shelf: 1 } });
  expect(state.keys.request('all', NOW)).toBe(4);
  for (const tenant of state.keys.waiting()) await state.keys.rotate(tenant);
  for (const { tenant } of [room, share.shelf]) expect(filesOf(tenant)).toEqual([`${tenant}.1.db`]);
  expectAllThere();
  state.rooms.erase(ROOM);
  state.shares.end(callerOf(BEN), 1);
  expect([room, share.shelf].flatMap(({ tenant }) => filesOf(tenant))).toEqual([]);
});

test('a new master key opens rooms and shelves as well', async () => {
  state[Symbol.dispose]();
  const { stateDir } = place;
  await rotateMasterKey({ stateDir, passphrase: PASSPHRASE, at: NOW, confirmed: async () => true });
  await open();
  expectAllThere();
});

test.each(['share', 'room'])('a %s that ends while its key changes leaves no file and is no failure', async (which) => {
  const { tenant } = which === 'share' ? share.shelf : room;
  state.keys.request(tenant, NOW);
  const rotated = state.keys.rotate(tenant);
  if (which === 'share') state.shares.end(callerOf(ADA), share.number);
  else state.rooms.erase(ROOM);
  expect(await rotated).toBeUndefined();
  expect(readdirSync(join(place.stateDir, 'tenants')).filter((file) => file.startsWith(tenant))).toEqual([]);
  expect(state.keys.waiting()).toEqual([]);
});

test('somebody who is being erased waits for no new key', async () => {
  const { tenant } = callerOf(BEN);
  state.keys.request('all', NOW);
  state.erasing.shred(tenant);
  expect(state.keys.waiting()).toHaveLength(2);
  expect(state.keys.request('all', NOW)).toBe(0);
  expect(state.keys.ages().count).toBe(2);
});

test('without the keys neither rooms nor shelves open', () => {
  const [seen] = state.shares.of(callerOf(BEN));
  state[Symbol.dispose]();
  for (const caller of [seen!.shelf, room])
    expect(() => state.vault.read(caller, () => 1)).toThrow(expect.objectContaining({ reason: 'state-closed' }));
});
