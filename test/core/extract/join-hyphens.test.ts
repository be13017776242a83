import { expect, test } from 'vitest';
import { joinHyphens } from '../../../core/extract/join-hyphens.ts';

test.each([
  ['Wasch-\nmaschine', 'Waschmaschine'],
  ['Wasch\ufffe\r\nmaschine', 'Waschmaschine'],
  ['Wasch\u0002maschine', 'Waschmaschine'],
  ['Wasch\u2010 \n maschine', 'Waschmaschine'],
  ['Wasch\u00ad\nma\u00adschine', 'Waschmaschine'],
  ['Kauf-\nund Mietvertrag', 'Kauf- und Mietvertrag'],
  ['Nord\u0002Süd', 'Nord-Süd'],
  ['Seite 3 -\nweiter', 'Seite 3 -\nweiter'],
  ['a-\nB', 'a-\nB'],
])('%j', (given, joined) => {
  expect(joinHyphens(given)).toBe(joined);
});

test('endless blanks behind a hyphen take linear time', () => {
  const text = `a\ufffe${' '.repeat(2_000_000)}x-${' '.repeat(2_000_000)}`;
  expect(joinHyphens(text).length).toBeLessThanOrEqual(text.length);
});
