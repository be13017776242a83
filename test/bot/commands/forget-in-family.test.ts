import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { ADA, BEN, CEM, type Household, openHousehold } from './household.ts';

const FAMILY = '!family:home.test';
let home: Household;

beforeEach(async () => {
  home = await openHousehold();
  const { rooms, vault } = home.state;
  rooms.askMembership(() => true);
  vault.write(rooms.enter(FAMILY, CEM)!, (writer) => {
    const { number } = writer.addDocument(sampleDocument('$cems'), [samplePassage(0, 'the ferry')]);
    writer.noteRoom('$cems', FAMILY, CEM);
    writer.addSource(number, { source: '$bens', addedAt: NOW + 1 });
    writer.noteRoom('$bens', FAMILY, BEN);
  });
});
afterEach(() => home[Symbol.asyncDispose]());

const caller = (person: string) => home.state.rooms.callerFor(FAMILY, person)!;
const forget = async (person: string) =>
  (await runCommand({ name: 'forget', args: '1', place: 'family', caller: caller(person) }, home.services)).text;
const papers = () => home.state.vault.read(caller(ADA), (reader) => reader.documents().length);

test('a paper that two people sent to a room may be forgotten by either, and by nobody else', async () => {
  await forget(ADA);
  expect(papers()).toBe(1);
  await forget(BEN);
  expect(papers()).toBe(0);
});
