import { afterEach, beforeEach, expect, it } from 'vitest';
import { freezePerson } from '../../bot/erase/freeze-person.ts';
import { loanTellingVault, tellBorrowers } from '../../bot/loan-notices.ts';
import { lendDocument } from '../../core/lend-document.ts';
import { sampleDocument, samplePassage } from '../core/sqlite/sample-documents.ts';
import { ADA, BEN, CEM, type Household, openHousehold } from './commands/household.ts';

let house: Household;
beforeEach(async () => {
  house = await openHousehold();
  const ada = house.callerOf(ADA);
  for (const name of ['lease.pdf', 'plan.pdf']) {
    house.state.vault.write(ada, (writer) =>
      writer.addDocument(sampleDocument(`$${name}`, { name }), [samplePassage(0, `The text of ${name}.`)]),
    );
  }
  const lending = { ...house.services, isNote: () => false };
  for (const [document, person] of [[1, BEN] as const, [1, CEM] as const, [2, BEN] as const]) {
    lendDocument(lending, ada, { document, reader: house.callerOf(person).person, until: null });
  }
});
afterEach(() => house[Symbol.asyncDispose]());

const heard = () => house.told.map(({ person, text }) => [person, /\*\*(.*?)\*\*/.exec(text)?.[1]]);

it('whoever borrowed it hears once when a document goes, by whatever way', () => {
  const { state, services } = house;
  const vault = loanTellingVault(state.vault, state.shares, services.tellPerson);
  vault.write(house.callerOf(ADA), (writer) => writer.forgetDocument(1));
  expect(heard().sort()).toEqual([
    [BEN, 'lease.pdf'],
    [CEM, 'lease.pdf'],
  ]);
  vault.write(house.callerOf(ADA), (writer) => writer.forgetTurns());
  vault.write(house.callerOf(BEN), (writer) => writer.forgetTurns());
  expect(heard()).toHaveLength(2);
});

it('and when the owner leaves', async () => {
  const { state, services, outbox } = house;
  state.control.people.add({ id: '@dora:home.test', role: 'admin', language: 'en' });
  const parts = { ...state, ...state.control, outbox, onPersonFrozen: [] };
  const beforeFrozen = (owner: Parameters<typeof tellBorrowers>[1]) => tellBorrowers(state, owner, services.tellPerson);
  await freezePerson({ ...parts, beforeFrozen }, ADA);
  expect(heard().sort()).toEqual([
    [BEN, 'lease.pdf'],
    [BEN, 'plan.pdf'],
    [CEM, 'lease.pdf'],
  ]);
});
