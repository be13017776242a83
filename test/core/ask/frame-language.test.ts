import { expect, it } from 'vitest';
import { frameLanguage } from '../../../core/ask/frame-language.ts';
import { LANGUAGE_SAMPLES } from '../../../core/embed/language-samples.ts';

it('is the language of nearly every question in German or English, whatever the person has set', () => {
  for (const language of ['en', 'de'] as const) {
    const { questions } = LANGUAGE_SAMPLES[language]!;
    for (const own of ['en', 'de'] as const) {
      const right = questions.filter((question) => frameLanguage(question, own) === language);
      expect(right.length, `${language} asked by ${own}`).toBeGreaterThanOrEqual(questions.length - 1);
    }
  }
});

it('is the person’s own for questions in other languages', () => {
  for (const [language, { questions }] of Object.entries(LANGUAGE_SAMPLES)) {
    if (language === 'en' || language === 'de') continue;
    for (const question of questions) {
      expect([frameLanguage(question, 'en'), frameLanguage(question, 'de')], question).toEqual(['en', 'de']);
    }
  }
});

it.each([
  ['Miete wann?', 'de'],
  ['Danke!', 'de'],
  ['rent when?', 'en'],
  ['thanks', 'en'],
  ['Wer bist du?', 'de'],
  ['Was kostet die Wohnung', 'de'],
])('%j is %s', (text, language) => {
  expect([frameLanguage(text, 'en'), frameLanguage(text, 'de')]).toEqual([language, language]);
});

it.each(['ok', 'Müller', 'Can Öztürk', 'HV28C', 'Miete', 'rent', ''])('%j tells nothing', (text) => {
  expect([frameLanguage(text, 'en'), frameLanguage(text, 'de')]).toEqual(['en', 'de']);
});
