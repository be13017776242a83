import { afterEach, beforeEach, expect, it } from 'vitest';
import { searchPassages } from '../../../core/ask/search-passages.ts';
import { AppError } from '../../../core/errors.ts';
import type { PassageSearch, SearchHits } from '../../../core/passage-search.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { type Household, household } from './household.ts';

const vectors = loadTokenVectors();
let home: Household;
beforeEach(async () => {
  home = await household(vectors);
  home.add('lease.pdf', ['The rent of the flat is 900 euros.', 'The deposit of the flat is 2,000 euros.']);
  home.add('gym.pdf', ['The gym costs 30 euros a month.']);
});
afterEach(() => home[Symbol.asyncDispose]());

const passages = () => home.state.vault.read(home.caller, (reader) => reader.passages([1, 2, 3]));
const search = async (index: PassageSearch | undefined, question = 'rent of the flat') => {
  const { found } = await searchPassages(
    home.caller,
    { question, dense: undefined, now: 0, lent: [] },
    { vault: home.state.vault, vectors, index },
  );
  return found.map(({ passage }) => passage.id);
};
const gives = (hits: SearchHits): PassageSearch => ({ search: async () => hits });

it('ranks by what the index found, and takes the texts from it', async () => {
  const [, deposit] = passages();
  const only: SearchHits = { lexical: [{ passage: 2, score: 9 }], dense: [], passages: [deposit!] };
  expect((await search(undefined, 'flat'))[0]).toBe(1);
  expect((await search(gives(only), 'flat'))[0]).toBe(2);
});

it('never shows what was forgotten, whatever the index still gives', async () => {
  const [rent, deposit, gym] = passages();
  const hits = {
    lexical: [1, 2, 3].map((passage) => ({ passage, score: 1 })),
    dense: [],
    passages: [rent!, deposit!, gym!],
  };
  home.state.vault.write(home.caller, (writer) => writer.forgetDocument(1));
  expect(await search(gives(hits))).toEqual([3]);
});

it('searches the file itself when the index cannot be used, and hides no other fault', async () => {
  const fails = (thrown: Error): PassageSearch => ({ search: () => Promise.reject(thrown) });
  expect(await search(fails(new AppError('unavailable', 'away')))).toEqual(await search(undefined));
  await expect(search(fails(new Error('a bug')))).rejects.toThrow('a bug');
});
