import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { sampleDocument, samplePassage } from './sample-documents.ts';
import { openTestState, temporaryFolder } from './temporary-state.ts';

const [ADA, BEN, CEM] = ['@ada:home.test', '@ben:home.test', '@cem:home.test'] as const;
const ROOM = '!family:home.test';
let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let inRoom: string[];

beforeEach(async () => {
  place = temporaryFolder();
  state = await openTestState(place.stateDir);
  for (const id of [ADA, BEN, CEM]) state.control.people.add({ id, role: 'member', language: 'en' });
  inRoom = [ADA, BEN];
  state.rooms.askMembership((room, person) => room === ROOM && inRoom.includes(person));
});

const tenantFiles = (tenant: string) =>
  readdirSync(join(place.stateDir, 'tenants')).filter((file) => file.startsWith(tenant));

afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

test('a room has what was sent there, for everybody in it, apart from what each has alone', () => {
  const ada = state.rooms.enter(ROOM, ADA)!;
  state.vault.write(ada, (writer) => writer.addDocument(sampleDocument('$1'), [samplePassage(0, 'Hello.')]));
  expect(ada.tenant).not.toBe(state.control.people.find(ADA)!.tenant);
  const ben = state.rooms.enter(ROOM, BEN)!;
  expect(ben.tenant).toBe(ada.tenant);
  expect(state.vault.read(ben, (reader) => reader.documents())).toHaveLength(1);
  for (const id of [ADA, BEN])
    expect(state.vault.read(state.control.people.callerFor(id)!, (reader) => reader.documents())).toEqual([]);
});

test('rights follow the membership at every use: who is not in the room gets nothing, with whatever caller', () => {
  expect(state.rooms.enter(ROOM, CEM)).toBeUndefined();
  expect(state.rooms.has(ROOM)).toBe(false);
  const ben = state.rooms.enter(ROOM, BEN)!;
  state.vault.write(ben, (writer) => writer.setSetting('a', 'b'));
  inRoom = [ADA];
  expect(() => state.vault.read(ben, () => 1)).toThrow(/nothing kept/);
  expect(state.rooms.callerFor(ROOM, BEN)).toBeUndefined();
  inRoom = [ADA, BEN];
  expect(state.vault.read(ben, (reader) => reader.setting('a'))).toBe('b');
  state.control.people.remove(BEN);
  expect(() => state.vault.read(ben, () => 1)).toThrow(/nothing kept/);
});

test('without somebody who knows the rooms nobody is in one', async () => {
  const ada = state.rooms.enter(ROOM, ADA)!;
  state[Symbol.dispose]();
  state = await openTestState(place.stateDir);
  expect(() => state.vault.read(ada, () => 1)).toThrow(/nothing kept/);
  expect(state.rooms.enter('!other:home.test', ADA)).toBeUndefined();
  expect(state.control.people.tenants()).toContainEqual({ tenant: ada.tenant, kind: 'room' });
});

test('an empty room waits, and is gone for good when it is erased', () => {
  const ada = state.rooms.enter(ROOM, ADA)!;
  state.vault.write(ada, (writer) => writer.setSetting('a', 'b'));
  state.rooms.noteEmpty(ROOM, 5);
  state.rooms.noteEmpty(ROOM, 9);
  expect(state.rooms.list()).toEqual([{ tenant: ada.tenant, room: ROOM, emptySince: 5 }]);
  state.rooms.noteEmpty(ROOM, null);
  expect(state.rooms.list()[0]).toMatchObject({ emptySince: null });
  expect(tenantFiles(ada.tenant)).not.toEqual([]);
  state.rooms.erase(ROOM);
  // Neither a key nor a file: what a copy of the disk holds stays noise.
  expect(tenantFiles(ada.tenant)).toEqual([]);
  expect(state.erasing.isShredded(ada.tenant)).toBe(true);
  expect(() => state.vault.read(ada, () => 1)).toThrow(/nothing kept/);
  expect(state.rooms.has(ROOM)).toBe(false);
  const again = state.rooms.enter(ROOM, ADA)!;
  expect(state.vault.read(again, (reader) => reader.setting('a'))).toBeUndefined();
});
