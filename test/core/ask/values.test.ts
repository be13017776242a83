import { describe, expect, it } from 'vitest';
import { guessLanguage } from '../../../core/ask/guess-language.ts';
import { heldValues, valuesOf } from '../../../core/ask/values.ts';

const holds = (passage: string, claim: string, language = 'en') => {
  const held = heldValues(passage, guessLanguage(passage) ?? language);
  return valuesOf(claim, language).map((value) => held.has(value));
};

describe('the same value in another form is held', () => {
  it.each([
    ['Miete 1.234,56 EUR', 'The rent is 1,234.56 euros.'],
    ['Loyer 1 234,50 €', 'It is 1234.50 euros'],
    ["CHF 2'400.–", 'The deposit is 2,400 francs'],
    ['am 14.10.2025 fällig', 'It is due on 14 October 2025.'],
    ['am 14.10.2025 fällig', 'It is due on October 14th, 2025.'],
    ['due 2025-10-14', 'fällig am 14. Oktober 2025'],
    ['vence el 14 de octubre de 2025', 'due on 14/10/2025'],
    ['14 ottobre 2025', 'Oct 14, 2025'],
    ['14 października 2025', '14 October 2025'],
    ['14 Ekim 2025', 'am 14.10.25'],
    ['2025年10月14日まで', '14 October 2025'],
    ['fällig am 31.12.2025', 'due on 31 December 2025'],
    ['31 December 2025', 'am 31. Dezember 2025'],
    ['31 de diciembre de 2025', 'on 31.12.2025'],
    ['31 dicembre 2025', 'on 31.12.2025'],
    ['Begin 1 June 2024', 'since June 2024'],
    ['Begin 1 June 2024', 'in 2024'],
    ['In 2025 the fee is due on 14 October.', 'due on 14 October 2025'],
    ['Serial HV28C 0719', 'The number is HV28C-0719.'],
    ['IBAN DE89370400440532013000', 'DE89 3704 0044 0532 0130 00'],
    ['phone 030 1234567', 'call 030 1234567'],
    ['phone 030/1234567', 'call 030-1234567'],
    ['three months notice', 'A notice of 3 months'],
    ['Frist: 3 Monate', 'The notice is three months'],
    ['open at 14:30', 'at 2:30 pm'],
    ['um 14 Uhr', 'at 2 pm'],
    ['5kg of rice', '5 kg'],
    ['Summe 2.000.000 Euro', '2 million euros'],
    ['١٢٥٠ ريال', '1250 riyal'],
    ['Zone ２５０', '250'],
  ])('%j holds %j', (passage, claim) => {
    const result = holds(passage, claim);
    expect(result.length).toBeGreaterThan(0);
    expect(result).not.toContain(false);
  });
});

describe('another value is not held', () => {
  it.each([
    ['The rent is 1,250 euros', 'It is 250 euros'],
    ['The rent is 1,250 euros', 'It is 1,251 euros'],
    ['The rent is 1,250 euros', 'It is 1.25 euros'],
    ['due 14 October 2025', 'due 14 October 2026'],
    ['due 14 October 2025', 'due 15.10.2025'],
    ['due 14.10.2025', '10'],
    ['1 May 2024 to 30 June 2025', 'on 1 May 2025'],
    ['Serial HV28C-0719', 'HV28C-0718'],
    ['Serial HV28C-0719', 'V28C'],
    ['three months', 'six months'],
    ['open at 14:30', 'at 2:30 am'],
    ['Summe 2 Euro', '2 million euros'],
    ['1000 then 400', 'The difference is 600'],
    ['', '7'],
  ])('%j does not hold %j', (passage, claim) => expect(holds(passage, claim)).toContain(false));
});

it('leaves citation marks, articles and words of other languages alone', () => {
  expect(valuesOf('The rent is due [1][12].', 'en')).toEqual([]);
  expect(valuesOf('Once a month it is due, says Otto.', 'en')).toEqual([]);
  expect(valuesOf('It may march on.', 'en')).toEqual([]);
});

it.each([
  ['Membership is paid on joining, is due once a year, and ends on Monday.', 'The fee is ten euros.', 'en'],
  ['Membership is paid on joining, is due once a year, and ends on Monday.', 'It has 11 members.', 'en'],
  ['Membership is paid on joining, is due once a year, and ends on Monday.', 'The fee is 2 euros.', 'en'],
  ['Ich bin Mitglied im Verein und man sagte, die Halle sei zu.', 'Der Verein hat 1000 Mitglieder.', 'de'],
  ['Ich bin Mitglied im Verein und man sagte, die Halle sei zu.', 'Der Beitrag ist 6 Euro.', 'de'],
  ['due, once, bin, sei', 'It is 11.', 'en'],
])('takes no word for a number of another language: %s does not hold %s', (passage, claim, language) => {
  expect(holds(passage, claim, language)).toContain(false);
});

it.each([
  ['The club has eleven members and the fee is ten euros.', 'Der Verein hat elf Mitglieder.', 'de'],
  ['Die Frist ist drei Monate und die Halle ist zu.', 'The notice period is three months.', 'en'],
  ['Le préavis est de onze mois pour la location.', 'Notice is 11 months.', 'en'],
])('but reads a text in its own language: %s holds %s', (passage, claim, language) => {
  expect(holds(passage, claim, language)).not.toContain(false);
});

it.each([
  ['neunhundert', '900'],
  ['zweihundert', '200'],
  ['zwölfhundert', '1200'],
  ['hundertfünfzig', '150'],
  ['achthundertfünfzig', '850'],
  ['einhundertfünfundzwanzig', '125'],
  ['zweitausendvierhundert', '2400'],
  ['hundertundeins', '101'],
])('reads the German number %s', (word, number) => {
  expect(holds('Die Miete ist 800 Euro.', `Die Miete ist ${word} Euro.`, 'de')).toEqual([false]);
  expect(holds(`Die Miete ist ${number} Euro.`, `Die Miete ist ${word} Euro.`, 'de')).toEqual([true]);
  expect(holds(`Die Miete ist ${word} Euro.`, `Die Miete ist ${number} Euro.`, 'de')).toEqual([true]);
});

it('takes no longer word for a German number', () => {
  expect(valuesOf('Das Jahrhundert ist hundertprozentig tausendfach schön.', 'de')).toEqual([]);
});

it('tells per mille from per cent', () => {
  expect(holds('It was increased by 3 percent.', 'It was increased by 3 per mille.')).toEqual([false]);
  expect(holds('It was increased by 3 ‰.', 'It was increased by 3 per mille.')).toEqual([true]);
});

it.each([
  ['Notice is half a year.', 'Notice is 6 months.', 'Notice is three months.', 'en'],
  ['Die Frist ist ein halbes Jahr.', 'Die Frist ist sechs Monate.', 'Die Frist ist drei Monate.', 'de'],
  ['Notice is a quarter of a year.', 'Notice is 3 months.', 'Notice is 6 months.', 'en'],
  ['Notice is a fortnight.', 'Notice is two weeks.', 'Notice is three months.', 'en'],
  ['Die Frist ist anderthalb Monate.', 'Die Frist ist 1,5 Monate.', 'Die Frist ist drei Monate.', 'de'],
  ['It seats a dozen people.', 'It seats 12 people.', 'It seats 8 people.', 'en'],
  ['The fee is a million euros.', 'The fee is 1,000,000 euros.', 'The fee is 120 euros.', 'en'],
  ['Der Beitrag ist eine Million Euro.', 'Der Beitrag ist 1.000.000 Euro.', 'Der Beitrag ist 120 Euro.', 'de'],
  ['It begins on the eleventh of April.', 'It begins on 11 April.', 'It begins on 1 April 2024.', 'en'],
  ['It begins on the twenty-first of May.', 'It begins on 21 May.', 'It begins on 1 May.', 'en'],
])('reads %s as %s', (spoken, same, other, language) => {
  expect(holds(same, spoken, language)).not.toContain(false);
  expect(holds(spoken, same, language)).not.toContain(false);
  expect(holds(other, spoken, language)).toContain(false);
});
