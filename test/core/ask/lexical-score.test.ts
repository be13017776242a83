import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { gramsOf, queryGrams } from '../../../core/ask/grams.ts';
import { gramTerm, gramTerms, scoreLexical } from '../../../core/ask/lexical-score.ts';
import { GRAMS, packRuns } from '../../../core/ask/posting-block.ts';
import { LANGUAGE_SAMPLES } from '../../../core/embed/language-samples.ts';
import { seeded } from '../sqlite/sample-documents.ts';

const SEED = Date.now() % 1_000_000;

/** Passages of a few sentences each, of all languages that there are samples of. */
function randomTexts(random: () => number, count: number): string[] {
  const sentences = Object.values(LANGUAGE_SAMPLES).flatMap(({ passages, questions }) => [...passages, ...questions]);
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + Math.floor(random() * 6) }, () => sentences[Math.floor(random() * sentences.length)]).join(
      ' ',
    ),
  );
}

function indexOf(texts: readonly string[]) {
  const blocks: { first: number; lengths: Uint8Array; runs: Uint8Array[] }[] = [];
  for (let first = 0; first < texts.length; first += 200) {
    const lists = texts.slice(first, first + 200).map((text) => gramTerms(gramsOf(text).join(' ')));
    const lengths = new Uint8Array(Uint16Array.from(lists, ({ length }) => length).buffer);
    blocks.push({ first: first + 1, lengths, runs: packRuns(lists, GRAMS) });
  }
  return {
    blocks,
    runs: (bucket: number) => ({
      firsts: blocks.map(({ first }) => first),
      sizes: blocks.map(({ runs }) => runs[bucket]!.length),
      packed: Buffer.concat(blocks.map(({ runs }) => runs[bucket]!)),
    }),
  };
}

test(`scores are those of FTS5's BM25, for small and large collections (seed ${SEED})`, () => {
  const random = seeded(SEED);
  const db = new Database(':memory:');
  for (const count of [3, 150, 1500]) {
    const texts = randomTexts(random, count);
    db.exec(
      `CREATE VIRTUAL TABLE t${count} USING fts5(g, content = '', tokenize = "unicode61 remove_diacritics 0 tokenchars '^$'")`,
    );
    const insert = db.prepare(`INSERT INTO t${count} (rowid, g) VALUES (?, ?)`);
    for (const [i, text] of texts.entries()) insert.run(i + 1, gramsOf(text).join(' '));
    const index = indexOf(texts);
    for (const { questions } of Object.values(LANGUAGE_SAMPLES)) {
      const grams = queryGrams(questions[Math.floor(random() * questions.length)]!);
      const match = grams.map((gram) => `"${gram}"`).join(' OR ');
      const expected = db
        .prepare(
          `SELECT rowid AS passage, -rank AS score FROM t${count} WHERE t${count} MATCH ? ORDER BY rank LIMIT 50`,
        )
        .all(match) as { passage: number; score: number }[];
      const scores = new Map(scoreLexical(index, grams, { limit: count }).map((hit) => [hit.passage, hit.score]));
      for (const { passage, score } of expected) {
        expect(Math.abs((scores.get(passage) ?? 0) - score), `${count} passages`).toBeLessThan(
          1e-3 * Math.abs(score) + 1e-3,
        );
      }
    }
  }
  db.close();
});

test('terms of grams separated by blanks are those of each gram', () => {
  expect([...gramTerms('^ab ab$  ^ab$ ')]).toEqual(['^ab', 'ab$', '^ab$'].map((gram) => gramTerm(gram)));
  expect([...gramTerms('')]).toEqual([]);
  const grams = ['^zür', '日本', '^a$', 'a', 'b'];
  expect(new Set(grams.map((gram) => gramTerm(gram))).size).toBe(grams.length);
});
