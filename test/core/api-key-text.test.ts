import { expect, test } from 'vitest';
import { API_KEY_PREFIX, apiKeyText, newApiKeyParts, readApiKey } from '../../core/api-key-text.ts';

test('a key reads back as it was made, also where it was typed by hand', () => {
  for (let i = 0; i < 200; i += 1) {
    const parts = newApiKeyParts();
    const text = apiKeyText(parts);
    expect(text).toMatch(/^kinkeeper_[0-9a-z]{40}$/);
    expect(readApiKey(text)).toEqual(parts);
    expect(readApiKey(`  ${text.toUpperCase()}\n`)).toEqual(parts);
    expect(readApiKey(API_KEY_PREFIX + text.slice(10).replaceAll('0', 'O').replaceAll('1', 'l'))).toEqual(parts);
  }
});

test('every single wrong, missing or turned-around letter is told without a look at any store', () => {
  const text = apiKeyText({ id: 'abcdefgh', secret: '0123456789abcdefghjkmnpqrs' });
  let slips = 0;
  for (let at = API_KEY_PREFIX.length; at < text.length; at += 1) {
    const wrong = text[at] === '7' ? '8' : '7';
    for (const typed of [text.slice(0, at) + wrong + text.slice(at + 1), text.slice(0, at) + text.slice(at + 1)]) {
      if (readApiKey(typed) !== 'typo') slips += 1;
    }
  }
  expect(slips).toBe(0);
  expect(readApiKey(text.replace('01', '10'))).toBe('typo');
});

test('what does not begin like one is none at all', () => {
  for (const text of ['', 'kinkeeper', 'Bearer x', 'sk-1234', 'kin_abc']) expect(readApiKey(text)).toBe('other');
  expect(readApiKey(API_KEY_PREFIX)).toBe('typo');
});

test('two keys share neither their id nor their secret', () => {
  const all = Array.from({ length: 500 }, newApiKeyParts);
  expect(new Set(all.map(({ id }) => id)).size).toBe(500);
  expect(new Set(all.map(({ secret }) => secret)).size).toBe(500);
});
