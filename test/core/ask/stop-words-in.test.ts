import { expect, it } from 'vitest';
import { stopWordsIn, withoutStopWords } from '../../../core/ask/stop-words-in.ts';

it('leaves what a question is about', () => {
  expect(withoutStopWords('How much is the rent?')).toBe('rent?');
  expect(withoutStopWords('Wann fährt die Fähre ab?')).toBe('fährt Fähre ab?');
  expect(withoutStopWords('¿Cuándo es la boda?')).toBe('boda?');
  expect([...stopWordsIn('HOW MUCH IS IT for Ben?')]).toEqual(['how', 'much', 'is', 'it', 'for']);
});

it('keeps words that say nothing in another language alone, and parts of codes', () => {
  expect(withoutStopWords('misafirden para alınıyor mu')).toBe('misafirden para alınıyor');
  expect(withoutStopWords('what does E:24 and what does E-Nr mean')).toBe('E:24 E-Nr mean');
});

it('leaves everything where there is nothing else', () => {
  for (const question of ['what is it?', 'und wo?', '???', '', '什么时候']) {
    expect(withoutStopWords(question)).toBe(question);
    expect(stopWordsIn(question).size).toBe(0);
  }
});
