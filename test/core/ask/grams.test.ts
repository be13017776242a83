import Database from 'better-sqlite3';
import { describe, expect, it, test } from 'vitest';
import { codeCounter, codesOf, gramsOf, queryGrams, wordsOf } from '../../../core/ask/grams.ts';
import { LANGUAGE_SAMPLES } from '../../../core/embed/language-samples.ts';
import { SEED, seededRandom } from './random.ts';

/** The tokens that FTS5 makes of a text with the options of the tenant store. */
function fts5Tokens(text: string): string[] {
  const db = new Database(':memory:');
  try {
    db.exec(`CREATE VIRTUAL TABLE t USING fts5(g, tokenize = "unicode61 remove_diacritics 0 tokenchars '^$'");
      CREATE VIRTUAL TABLE v USING fts5vocab(t, instance)`);
    db.prepare('INSERT INTO t VALUES (?)').run(text);
    return db.prepare('SELECT term FROM v ORDER BY offset').pluck().all() as string[];
  } finally {
    db.close();
  }
}

describe('gramsOf', () => {
  it.each([
    ['Heizung', ['^hei', 'heiz', 'eizu', 'izun', 'zung', 'ung$', '^heizung$']],
    ['am', ['^am$']],
    ['x', ['^x$']],
    ['燃气费', ['燃气', '气费']],
    ['猫', ['猫']],
    ['Ｃａｆé', ['^caf', 'café', 'afé$', '^café$']],
    ['', []],
    ['— …!', []],
  ])('%s', (text, grams) => {
    expect(gramsOf(text)).toEqual(grams);
  });

  it('finds a code however its parts are joined', () => {
    const stored = new Set(gramsOf('Serial number HV28C-0719-664031-B, valid to 2027.'));
    for (const asked of ['HV28C-0719-664031-B', 'HV28C0719664031B', '664031', 'hv28c']) {
      expect(
        queryGrams(asked).some((gram) => gram.startsWith('^') && gram.endsWith('$') && stored.has(gram)),
        asked,
      ).toBe(true);
    }
  });

  it('keeps repeats for BM25; the grams of a question are distinct, whole words first, and capped', () => {
    expect(gramsOf('oil oil').filter((gram) => gram === '^oil$')).toHaveLength(2);
    expect(queryGrams('boiler Boiler key')).toEqual([
      '^boiler$',
      '^key$',
      '^boi',
      'boil',
      'oile',
      'iler',
      'ler$',
      '^key',
      'key$',
    ]);
    const long = Array.from({ length: 400 }, (_, i) => `word${i}x`).join(' ');
    expect(queryGrams(long)).toHaveLength(256);
    expect(queryGrams(long).every((gram) => gram.startsWith('^w'))).toBe(true);
  });

  it('makes grams that FTS5 keeps in one piece, in ten languages', () => {
    for (const { passages, questions } of Object.values(LANGUAGE_SAMPLES)) {
      for (const text of [...passages, ...questions]) {
        const grams = gramsOf(text);
        expect(grams.join('')).toMatch(/^[\p{L}\p{N}^$]*$/u);
        expect(fts5Tokens(grams.join(' '))).toEqual(grams);
      }
    }
  });

  it(`never holds a blank, quote or operator, whatever the text (seed ${SEED})`, () => {
    const random = seededRandom(SEED);
    for (let round = 0; round < 300; round++) {
      const text = Array.from({ length: 40 }, () => String.fromCodePoint(randomPoint(random))).join('');
      for (const gram of gramsOf(text)) expect(gram).toMatch(/^[\p{L}\p{N}^$]+$/u);
    }
  });

  it('costs little for one endless word', () => {
    const grams = gramsOf('a'.repeat(200_000));
    expect(grams.length).toBeLessThan(100);
  });
});

describe('wordsOf', () => {
  it('folds case, width and marks, and pairs Chinese characters', () => {
    expect(wordsOf('Straße 12, مُحَمَّد ＡＢ 水表读数')).toEqual(['straße', '12', 'محمد', 'ab', '水表', '表读', '读数']);
  });
});

function randomPoint(random: () => number): number {
  const range = [
    [32, 127],
    [160, 0x17f],
    [0x370, 0x5ff],
    [0x600, 0x6ff],
    [0x3040, 0x30ff],
    [0x4e00, 0x9fff],
    [0x1f300, 0x1f6ff],
  ][Math.floor(random() * 7)]!;
  return range[0]! + Math.floor(random() * (range[1]! - range[0]!));
}

test('codes are counted by the rules by which a text lists its own', () => {
  const codes = ['hv28c0719', '417', '1234', 'é5', 'ab１'.normalize('NFKC')];
  const texts = [
    'Serial HV28C-0719, No. 417',
    'hv28c 0719',
    '1.234 and 12 34, 4170',
    'CAFE\u0301 E\u03015',
    'ＡＢ１ and nothing else',
    'no code at all',
    '',
  ];
  for (const text of texts) {
    const held = codesOf(text);
    expect(codeCounter(codes)(text), text).toBe(codes.filter((code) => held.has(code)).length);
  }
  expect(codeCounter(codes)(texts[0]!)).toBe(2);
  expect(codeCounter(codes)(texts[4]!)).toBe(1);
});
