import { expect, test } from 'vitest';
import { wordsOf } from '../../../core/ask/grams.ts';
import { unknownNames } from '../../../core/ask/unknown-names.ts';

const unknown = (sentence: string, held: string, language: string | undefined, sameLanguage: boolean) =>
  unknownNames(sentence, {
    held: new Set(wordsOf(held)),
    asked: wordsOf('Who asks for Quentin?'),
    language,
    sameLanguage,
  });

test.each([
  // A title is no part of a name, wherever it stands.
  ['It was signed by Mrs Christine Berger.', 'Christine Berger signed', 'en', []],
  ['Es unterschrieb Frau Berger.', 'Christine Berger hat unterschrieben', 'de', []],
  ['Es unterschrieb Frau Schmidt.', 'Christine Berger hat unterschrieben', 'de', ['Schmidt']],
  ['Frau Schmidt hat unterschrieben.', 'Christine Berger hat unterschrieben', 'de', ['Schmidt']],
  // Nouns have capitals in German: one alone is no name, two may be one. So it is where the language is not known.
  ['Es geht um den Hund.', 'Christine Berger hat unterschrieben', 'de', []],
  ['Es unterschrieb Paula Schmidt.', 'Christine Berger hat unterschrieben', 'de', ['Paula', 'Schmidt']],
  ['Schmidt.', 'Berger', undefined, []],
  ['12 Hund.', 'Berger', undefined, []],
  ['It was signed by Schmidt.', 'Christine Berger signed', 'en', ['Schmidt']],
  // Names of two letters are names; marks and abbreviations are none. A double name is its parts, each of them.
  ['The landlord is Li, or Mr Wu.', 'Christine Berger signed', 'en', ['Li', 'Wu']],
  ['The landlord is Li.', 'Mr Li signed', 'en', []],
  ['It is 178 kWh.', 'Christine Berger signed', 'en', []],
  ['It is OK on TV, he said. It is Mr Berger Jr.', 'Christine Berger signed', 'en', []],
  ['The landlord is O’Brien-Weber.', 'Mrs Anna Weber signed', 'en', ['O’Brien']],
  // Bent names are the same one, others that begin alike are not; the question's names are known where the rest of it stands there.
  ["It is Berger's and Bergers.", 'Christine Berger signed', 'en', []],
  ['It was Christian Bergerhoff.', 'Christine Berger signed', 'en', ['Christian', 'Bergerhoff']],
  ['It was for Quentin.', 'Christine Berger asked', 'en', []],
  ['It was for Quentin.', 'Christine Berger signed', 'en', ['Quentin']],
  // A first word has a capital anyway; months, days and words of the language are no names.
  ['Boilers came on Monday, and in May The Berger came.', 'Christine Berger signed', 'en', []],
] as const)('%j has names that %j lacks (%s): %j', (sentence, held, language, names) =>
  expect(unknown(sentence, held, language, true)).toEqual(names));

test.each([
  ['The trip goes to Australia.', 'Die Reise geht nach Australien', 'en', []],
  ['The trip goes to Canada.', 'Die Reise geht nach Australien', 'en', ['Canada']],
  ['The trip goes to the Hamburg Harbour Museum.', 'Die Reise geht in das Hafenmuseum Hamburg', 'en', []],
  ['Die Reise geht in das Hamburg Hafenmuseum.', 'The trip goes to the Hamburg Harbour', 'de', []],
  [
    'Die Reise geht in das Bremen Hafenmuseum.',
    'The trip goes to the Hamburg Harbour',
    'de',
    ['Bremen', 'Hafenmuseum'],
  ],
] as const)('%j has names that %j of another language lacks (%s): %j', (sentence, held, language, names) =>
  expect(unknown(sentence, held, language, false)).toEqual(names));
