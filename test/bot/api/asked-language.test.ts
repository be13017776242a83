import { expect, test } from 'vitest';
import { askedLanguage } from '../../../bot/api/asked-language.ts';

const asked = (text: string) => askedLanguage({ headers: { 'accept-language': text } });

test.each([
  ['de', 'de'],
  ['de-AT, en;q=0.5', 'de'],
  ['en;q=0.5 , DE ; q=0.7', 'de'],
  ['fr, en;q=0.1', 'en'],
  ['de;q=0, en', 'en'],
  ['de;q=0', undefined],
  ['fr, de;q=0.0', undefined],
  ['fr', undefined],
  ['', undefined],
])('%j asks for %s', (text, language) => {
  expect(asked(text)).toBe(language);
});

test('of a long header only its beginning counts, so that nobody makes the bot read on and on', () => {
  expect(asked(`fr${' '.repeat(150)}, de`)).toBe('de');
  expect(asked(`fr${' '.repeat(15_000)}, de`)).toBeUndefined();
});
