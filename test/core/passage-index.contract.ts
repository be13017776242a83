import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { gramsOf, queryGrams } from '../../core/ask/grams.ts';
import type { Caller } from '../../core/caller.ts';
import type { OpenState } from '../../core/control.ts';
import type { NewPassage } from '../../core/document.ts';
import type { PassageSearch, SearchHits } from '../../core/passage-search.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import type { Vault } from '../../core/tenant.ts';
import { sampleVector, seeded } from './sqlite/sample-documents.ts';
import { openTestState, temporaryFolder } from './sqlite/temporary-state.ts';

export const MODEL = 'sample model';
const DIMENSIONS = 48;
const SEED = 20_261_124;

/** An index under test on an opened state: `vault` is the one to write through. */
export interface IndexUnderTest extends AsyncDisposable {
  readonly vault: Vault;
  readonly search: PassageSearch;
}

/** A state folder with two people, and the index on it. */
interface Bench {
  readonly state: OpenState;
  readonly index: IndexUnderTest;
  readonly ada: Caller;
  readonly ben: Caller;
}

const encoder = loadTokenVectors();

/** Texts that share words, so that ranking has something to do. */
const LETTERS = [
  'The rent of the flat in Harbour Street is 1,250 euros a month, due on the third day.',
  'The landlord may raise the rent once a year; a notice of three months is needed.',
  'Mietvertrag: Die Miete beträgt 840 Euro im Monat, die Nebenkosten 120 Euro.',
  'The dishwasher needs salt every two months. Its number is HV28C-0719.',
  'Warranty of the dishwasher: two years from the day of the invoice.',
  'The school holidays begin on the 4th of July and end on the 15th of August.',
  'Der Impfpass von Ben liegt beim Kinderarzt; die nächste Impfung ist im Mai.',
  'The car was inspected in March; the next inspection is due in two years.',
];
const QUESTIONS = ['rent of the flat', 'dishwasher', 'Miete und Nebenkosten', 'HV28C 0719', 'Impfung', 'two years'];

function passagesOf(texts: readonly string[]): NewPassage[] {
  return texts.map((text, position) => ({
    ...{ position, page: String(position + 1), heading: 'Letters', start: 0, end: text.length, text },
    grams: gramsOf(`letters.txt\nLetters\n${text}`).join(' '),
    pieces: encoder.pieces(`letters.txt\nLetters\n${text}`),
  }));
}

/** Stores a document of these texts for somebody; returns its number. */
export function addLetters(vault: Vault, caller: Caller, source: string, texts: readonly string[] = LETTERS): number {
  const document = { source, name: 'letters.txt', kind: 'txt', bytes: 1, pages: texts.length, addedAt: 1 } as const;
  return vault.write(caller, (writer) => writer.addDocument(document, passagesOf(texts)).number);
}

function embedAll(vault: Vault, caller: Caller, random: () => number): Float32Array[] {
  const waiting = vault.read(caller, (reader) => reader.passagesToEmbed(MODEL, 1000));
  const vectors = waiting.map(({ id }) => ({ passage: id, vector: sampleVector(random, DIMENSIONS) }));
  vault.write(caller, (writer) => writer.putVectors(MODEL, vectors));
  return vectors.map(({ vector }) => vector);
}

/** What every index of passages must do, whatever it is made of. `open` is called on a state, also on one that was used before. */
export function describePassageIndex(name: string, open: (state: OpenState) => Promise<IndexUnderTest>): void {
  describe(name, () => {
    let bench: Bench;
    let folder: ReturnType<typeof temporaryFolder>;
    const start = async () => {
      const state = await openTestState(folder.stateDir);
      const { people } = state.control;
      for (const id of ['@ada:home.test', '@ben:home.test']) people.add({ id, role: 'member', language: 'en' });
      const [ada, ben] = [people.callerFor('@ada:home.test')!, people.callerFor('@ben:home.test')!];
      bench = { state, index: await open(state), ada, ben };
    };
    const stop = async () => {
      await bench.index[Symbol.asyncDispose]();
      bench.state[Symbol.dispose]();
    };
    beforeEach(async () => {
      folder = temporaryFolder();
      await start();
    });
    afterEach(async () => {
      await stop();
      folder.remove();
    });

    const find = (question: string, caller = bench.ada, dense?: Float32Array): Promise<SearchHits> =>
      bench.index.search.search(caller, {
        grams: queryGrams(question),
        limit: 50,
        ...(dense && { dense: { model: MODEL, vector: dense } }),
      });
    const texts = (hits: SearchHits, of: 'lexical' | 'dense' = 'lexical') =>
      hits[of].map((hit) => hits.passages.find(({ id }) => id === hit.passage)!.text);

    it('finds by words what the tenant’s own file finds, in nearly the same order', async () => {
      addLetters(bench.index.vault, bench.ada, '$one');
      for (const question of QUESTIONS) {
        const own = bench.state.vault.read(bench.ada, (reader) => reader.lexical(queryGrams(question), 50));
        const { lexical } = await find(question);
        expect(lexical[0]?.passage, question).toBe(own[0]!.passage);
        expect(new Set(lexical.map(({ passage }) => passage)), question).toEqual(
          new Set(own.map((hit) => hit.passage)),
        );
        const places = lexical.map(({ passage }) => own.findIndex((hit) => hit.passage === passage));
        expect(Math.max(...places.map((place, i) => Math.abs(place - i))), question).toBeLessThanOrEqual(2);
      }
    });

    it('finds by dense vectors what the tenant’s own file finds, with the same cosines', async () => {
      const random = seeded(SEED);
      addLetters(bench.index.vault, bench.ada, '$one');
      embedAll(bench.index.vault, bench.ada, random);
      for (let i = 0; i < 5; i++) {
        const query = sampleVector(random, DIMENSIONS);
        const own = bench.state.vault.read(bench.ada, (reader) => reader.dense(MODEL, query, 50));
        const { dense } = await find('rent', bench.ada, query);
        expect(dense.map(({ passage }) => passage)).toEqual(own.map(({ passage }) => passage));
        dense.forEach(({ score }, place) => {
          expect(score).toBeCloseTo(own[place]!.score, 5);
        });
      }
    });

    it('gives back passages as they were stored', async () => {
      addLetters(bench.index.vault, bench.ada, '$one');
      const { passages } = await find('dishwasher');
      const own = bench.state.vault.read(bench.ada, (reader) => reader.passages(passages.map(({ id }) => id)));
      expect(passages.length).toBeGreaterThan(0);
      expect(passages).toEqual(own);
    });

    it('gives no more than asked for, and nothing for words that nobody wrote', async () => {
      addLetters(bench.index.vault, bench.ada, '$one');
      const request = { grams: queryGrams('two years'), limit: 1 };
      expect((await bench.index.search.search(bench.ada, request)).lexical).toHaveLength(1);
      expect(await find('xylophone zzz')).toMatchObject({ lexical: [], dense: [] });
      expect(await find('')).toMatchObject({ lexical: [], dense: [], passages: [] });
    });

    it('keeps people apart, also with the same texts', async () => {
      addLetters(bench.index.vault, bench.ada, '$ada', LETTERS.slice(0, 4));
      addLetters(bench.index.vault, bench.ben, '$ben', LETTERS.slice(4));
      expect(texts(await find('dishwasher', bench.ada))[0]).toContain('salt');
      expect(texts(await find('warranty invoice', bench.ben))[0]).toContain('Warranty');
      expect((await find('warranty invoice', bench.ada)).passages.map(({ text }) => text)).not.toContain(LETTERS[4]);
      expect(await find('Nebenkosten', bench.ben)).toMatchObject({ lexical: [] });
    });

    it('forgets at once', async () => {
      const number = addLetters(bench.index.vault, bench.ada, '$one', LETTERS.slice(0, 3));
      addLetters(bench.index.vault, bench.ada, '$two', LETTERS.slice(3));
      const random = seeded(SEED);
      embedAll(bench.index.vault, bench.ada, random);
      expect(texts(await find('rent'))).not.toEqual([]);
      bench.index.vault.write(bench.ada, (writer) => writer.forgetDocument(number));
      const hits = await find('rent of the flat', bench.ada, sampleVector(random, DIMENSIONS));
      expect(hits.passages.filter(({ document }) => document === number)).toEqual([]);
      expect(hits.dense).toHaveLength(5);
    });

    it('takes a repeat for what it is', async () => {
      addLetters(bench.index.vault, bench.ada, '$one');
      const before = await find('rent');
      addLetters(bench.index.vault, bench.ada, '$one');
      expect((await find('rent')).lexical).toEqual(before.lexical);
    });

    it('finds what was stored just before, and vectors as they come', async () => {
      const random = seeded(SEED);
      addLetters(bench.index.vault, bench.ada, '$one', LETTERS.slice(0, 1));
      expect(await find('rent', bench.ada, sampleVector(random, DIMENSIONS))).toMatchObject({ dense: [] });
      const [vector] = embedAll(bench.index.vault, bench.ada, random);
      const { dense } = await find('rent', bench.ada, vector);
      expect(dense[0]?.score).toBeCloseTo(1, 5);
      addLetters(bench.index.vault, bench.ada, '$two', LETTERS.slice(3));
      expect(texts(await find('dishwasher'))).toHaveLength(2);
    });

    it('has everything after a restart', async () => {
      addLetters(bench.index.vault, bench.ada, '$one');
      const before = await find('rent of the flat');
      await stop();
      await start();
      const after = await find('rent of the flat');
      expect(after.lexical.map(({ passage }) => passage)).toEqual(before.lexical.map(({ passage }) => passage));
    });

    it('opens nothing for a person who was removed', async () => {
      addLetters(bench.index.vault, bench.ada, '$one');
      await find('rent');
      bench.state.control.people.remove('@ada:home.test');
      await expect(find('rent')).rejects.toMatchObject({ code: 'not-found' });
    });
  });
}
