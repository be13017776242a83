import { findPassages } from '../../../core/ask/find-passages.ts';
import { queryGrams } from '../../../core/ask/grams.ts';
import { mendTypos } from '../../../core/ask/mend-typos.ts';
import type { Passage } from '../../../core/document.ts';
import type { Embedder } from '../../../core/question.ts';
import type { TenantReader } from '../../../core/tenant.ts';
import { ASKED_AT } from './asking.ts';
import type { Home } from './home.ts';

/** Finds passages for a question that stands for itself, best first. */
export type Finder = (question: string) => Promise<Passage[]>;

const MOST = 10;

/** The signals alone and the product's own finding, over one store. Without an embedder those that need it are left out. */
export function findersOf(home: Home, embedder: Embedder | undefined): Map<string, Finder> {
  const read = <T>(fn: (reader: TenantReader) => T) => home.state.vault.read(home.caller, fn);
  const { vectors } = home;
  const alone = (search: (reader: TenantReader) => readonly { passage: number }[]) =>
    read((reader) => reader.passages(search(reader).map(({ passage }) => passage)));
  const finders = new Map<string, Finder>([
    ['BM25', async (question) => alone((reader) => reader.lexical(queryGrams(question), MOST))],
    ['token vectors', async (question) => alone((reader) => vectors.maxSim(question, reader.pieceLists(), MOST))],
  ]);
  const ours = (question: string, dense?: { model: string; vector: Float32Array }) =>
    read((reader) => findPassages(reader, question, { vectors, dense, now: ASKED_AT }))
      .found.slice(0, MOST)
      .map(({ passage }) => passage);
  if (embedder) {
    finders.set('dense', async (question) => {
      const vector = await embedder.embedQuestion(question);
      return alone((reader) => reader.dense(embedder.model, vector, MOST));
    });
  }
  const mended = (question: string) => read((reader) => mendTypos(question, reader, vectors));
  finders.set('ours, built-in', async (question) => ours(mended(question)));
  if (embedder) {
    finders.set('ours, dense too', async (question) => {
      const sought = mended(question);
      return ours(sought, { model: embedder.model, vector: await embedder.embedQuestion(sought) });
    });
  }
  return finders;
}
