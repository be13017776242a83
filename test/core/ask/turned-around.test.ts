import { expect, it } from 'vitest';
import { clausesOf, isTurnedAround } from '../../../core/ask/turned-around.ts';

const isTurned = (sentence: string, passages: readonly string[], language: string) =>
  isTurnedAround(
    sentence,
    passages.flatMap((passage) => clausesOf(passage, language)),
    language,
  );

const EN =
  'The lease does not end in May. Theft by the tenant is not covered. Pets are allowed after asking. Everything that has not been claimed by 24 May goes to the charity shop. Keep receipts no longer than 2 years. Never charge the battery on the stairs. No interest is paid on the deposit, and it is returned in June.';
const DE =
  'Der Vertrag verlängert sich nicht. Haustiere sind nach Absprache erlaubt. Es wird keine Nachzahlung gefordert. Wer nicht bis zum 3. Mai kündigt, zahlt den Beitrag für ein Jahr.';

it.each([
  ['en', EN, 'The lease ends in May.'],
  ['en', EN, 'Theft by the tenant is covered.'],
  ['en', EN, 'Pets are not allowed.'],
  ['en', EN, 'You may charge the battery on the stairs.'],
  ['en', EN, 'Interest is paid on the deposit.'],
  ['de', DE, 'Der Vertrag verlängert sich.'],
  ['de', DE, 'Haustiere sind nicht erlaubt.'],
  ['de', DE, 'Eine Nachzahlung wird gefordert.'],
])('%s: the opposite of %j is seen in %j', (language, passage, sentence) =>
  expect(isTurned(sentence, [passage], language)).toBe(true));

it.each([
  ['en', EN, 'The lease does not end in May.'],
  ['en', EN, "The lease doesn't end in May."],
  ['en', EN, 'Theft by the tenant is not covered.'],
  ['en', EN, 'Pets are allowed.'],
  ['en', EN, 'It goes to the charity shop.'],
  ['en', EN, 'Keep receipts for 2 years.'],
  ['en', EN, 'The deposit is returned in June.'],
  ['en', EN, 'The deposit is not at the bank.'],
  ['en', 'You do not have to give notice in writing.', 'You can give notice in writing.'],
  ['en', 'See Acorn No. 14 for the fair in July.', 'The fair is in July, Acorn 14.'],
  ['de', DE, 'Der Vertrag verlängert sich nicht.'],
  ['de', DE, 'Haustiere sind erlaubt.'],
  ['de', DE, 'Der Beitrag gilt für ein Jahr.'],
  ['en', 'Theft of bicycles is covered.', 'Theft of bicycles is never not covered.'],
  ['de', 'Der Diebstahl ist versichert.', 'Nie ist der Diebstahl nicht versichert.'],
  ['fr', 'Le bail ne finit pas en mai.', 'Le bail finit en mai.'],
])('%s: nothing is turned around in %j by %j', (language, passage, sentence) =>
  expect(isTurned(sentence, [passage], language)).toBe(false));

it('believes the passage that agrees', () => {
  const passages = ['The lease does not end in May.', 'Correction: the lease ends in May.'];
  expect(isTurned('The lease ends in May.', passages, 'en')).toBe(false);
});
