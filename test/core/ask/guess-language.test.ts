import { expect, it } from 'vitest';
import { guessLanguage, languageName } from '../../../core/ask/guess-language.ts';
import { LANGUAGE_SAMPLES } from '../../../core/embed/language-samples.ts';

it.each(
  Object.entries(LANGUAGE_SAMPLES),
)('tells %s by its passages and nearly always by its questions', (language, samples) => {
  expect(samples.passages.map((text) => guessLanguage(text))).toEqual(samples.passages.map(() => language));
  const guesses = samples.questions.map((text) => guessLanguage(text));
  expect(guesses.filter((guess) => guess !== undefined && guess !== language)).toEqual([]);
  expect(guesses.filter((guess) => guess === language).length).toBeGreaterThanOrEqual(samples.questions.length - 2);
});

it.each(['', 'HV28C-0719-664031-B', 'Okonjo-Reyes', '12.03.2024 | 17,50', '🙂'])('says nothing about %j', (text) => {
  expect(guessLanguage(text)).toBeUndefined();
});

it('names languages in English', () => {
  expect([languageName('de'), languageName('zh'), languageName(undefined), languageName('xx')]).toEqual([
    'German',
    'Chinese',
    undefined,
    undefined,
  ]);
});
