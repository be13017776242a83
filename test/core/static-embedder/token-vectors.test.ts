import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { packPieceBlock } from '../../../core/ask/posting-block.ts';
import { BlockCursor } from '../../../core/ask/posting-cursors.ts';
import { LANGUAGE_SAMPLES } from '../../../core/embed/language-samples.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import type { PieceLists } from '../../../core/tenant.ts';
import { PlainReader } from './plain-reader.ts';

const FILE = fileURLToPath(new URL('../../../core/static-embedder/static_e5_64d_q4.stv', import.meta.url));
const vectors = loadTokenVectors();
const plain = new PlainReader(FILE);
const texts = Object.values(LANGUAGE_SAMPLES).flatMap(({ passages, questions }) => [...passages, ...questions]);

describe('built-in token vectors', () => {
  it('split texts of ten languages into the same pieces as a plain reading of the format', () => {
    for (const text of [...texts, 'IBAN DE00 1234-5678 (İstanbul) ﬁn 🙂 x\u0001y', '', '   ', '🙂🙂']) {
      expect([...vectors.pieces(text)], text).toEqual(plain.pieces(text));
    }
  });

  it('score by the formula of MaxSim, up to the small cosines that are left out', () => {
    const lists = texts.map((text, passage) => ({ passage, pieces: vectors.pieces(text) }));
    for (const question of ['Wann endet der Vertrag?', 'where is the key of the cellar', '膝盖怎么样']) {
      const asked = plain.pieces(question);
      const hits = new Map(vectors.maxSim(question, lists, lists.length).map((hit) => [hit.passage, hit.score]));
      for (const { passage, pieces } of lists) {
        // Cosines below .25 count as none: at most .0625 of the whole.
        expect(Math.abs((hits.get(passage) ?? 0) - plain.maxSim(asked, [...pieces]))).toBeLessThan(0.0626);
      }
    }
  });

  it('give 1 to a passage that holds the whole question, and find the same words in another language first', () => {
    const lists = LANGUAGE_SAMPLES.en!.passages.map((text, passage) => ({ passage, pieces: vectors.pieces(text) }));
    expect(vectors.maxSim('Press the button', lists, 1)).toMatchObject([{ passage: 2, score: expect.closeTo(1, 3) }]);
    // Contract, device, knee: the passages that the first and the last two questions are about; by chance 3 of 21 would be right.
    const right = ['de', 'es', 'fr', 'it', 'pl', 'tr', 'zh'].flatMap((language) =>
      [
        [0, 0],
        [6, 2],
        [7, 3],
      ].map(([question, passage]) => {
        const asked = LANGUAGE_SAMPLES[language]!.questions[question!]!;
        return vectors.maxSim(asked, lists, 6)[0]?.passage === passage;
      }),
    );
    expect(right.filter(Boolean).length).toBeGreaterThanOrEqual(15);
  });

  it('over an index find what they find over lists: the same first ones, and nearly the same scores', () => {
    const lists = texts.map((text, passage) => ({ passage, pieces: vectors.pieces(text) }));
    const index = indexOf(lists.map(({ pieces }) => pieces));
    let same = 0;
    const questions = Object.values(LANGUAGE_SAMPLES).flatMap((samples) => samples.questions);
    for (const question of questions) {
      const [plainly, indexed] = [vectors.maxSim(question, lists, 5), vectors.maxSim(question, index, 5)];
      expect(indexed[0]?.passage, question).toBe(plainly[0]?.passage);
      expect(indexed[0]?.score).toBeCloseTo(plainly[0]!.score, 1);
      const passages = new Set(indexed.map((hit) => hit.passage));
      same += plainly.filter((hit) => passages.has(hit.passage)).length / plainly.length;
    }
    expect(same / questions.length).toBeGreaterThan(0.85);
    // Neighbours that are remembered are those that were looked up; a vocabulary that has grown is looked through anew.
    for (const question of questions)
      expect(vectors.maxSim(question, index, 5)).toEqual(
        vectors.maxSim(question, indexOf(lists.map(({ pieces }) => pieces)), 5),
      );
    const grown = indexOf([...lists.map(({ pieces }) => pieces), vectors.pieces('xylophone quantum')]);
    expect(vectors.maxSim('xylophone', grown, 1)[0]?.passage).toBe(lists.length);
    expect(vectors.maxSim('', index, 5)).toEqual([]);
  });

  it('keep the best by score, with ties in the order of passages, and nothing for an empty question', () => {
    const pieces = vectors.pieces('the boiler was serviced');
    const lists = [5, 3, 9, 1].map((passage) => ({ passage, pieces }));
    expect(vectors.maxSim('boiler', lists, 10).map((hit) => hit.passage)).toEqual([1, 3, 5, 9]);
    expect(vectors.maxSim('boiler', lists, 0)).toEqual([]);
    expect(vectors.maxSim('', lists, 10)).toEqual([]);
    expect(vectors.maxSim('boiler', [{ passage: 1, pieces: new Uint32Array() }], 10)).toEqual([]);
  });

  it('ignore piece ids that another version of the file may have had', () => {
    const pieces = Uint32Array.of(...vectors.pieces('boiler'), 4_000_000_000);
    expect(vectors.maxSim('boiler', [{ passage: 1, pieces }], 1)[0]?.score).toBeCloseTo(1, 3);
  });

  it('refuse a file that is cut short, foreign or missing', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-stv-'));
    try {
      const whole = readFileSync(FILE);
      const wrong = { cut: whole.subarray(0, 900_000), foreign: Buffer.from('hello'), version: Buffer.from(whole) };
      wrong.version.writeUInt32LE(2, 4);
      for (const [name, bytes] of Object.entries(wrong)) {
        writeFileSync(join(folder, name), bytes);
        expect(() => loadTokenVectors(join(folder, name)), name).toThrow(expect.objectContaining({ code: 'invalid' }));
      }
      expect(() => loadTokenVectors(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'not-found' }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('take less than 25 MB of memory in a process of their own', () => {
    const module = new URL('../../../core/static-embedder/token-vectors.ts', import.meta.url).href;
    const script = `const { loadTokenVectors } = await import(${JSON.stringify(module)});
      gc(); const before = process.memoryUsage.rss();
      const vectors = loadTokenVectors(); vectors.pieces('warm up');
      console.log(process.memoryUsage.rss() - before);`;
    const grown = Number(
      execFileSync(process.execPath, ['--expose-gc', '--input-type=module', '-e', script], { encoding: 'utf8' }),
    );
    expect(grown).toBeGreaterThan(1e6);
    expect(grown).toBeLessThan(25e6);
  });
});

/** Lists as a store keeps them: in blocks by piece. Passages are counted from 0. */
function indexOf(lists: readonly Uint32Array[]): PieceLists {
  const vocabulary = Uint32Array.from(new Set(lists.flatMap((list) => [...list]))).sort();
  const blocks = [0, 100, 200].map((from) => {
    const own = lists.slice(from, from + 100);
    return new BlockCursor(packPieceBlock(own), { firstPassage: from, passages: own.length });
  });
  return { byPiece: () => ({ vocabulary, blocks }), [Symbol.iterator]: () => [][Symbol.iterator]() };
}
