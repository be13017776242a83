import { findPassages } from '../../../core/ask/find-passages.ts';
import { mendTypos } from '../../../core/ask/mend-typos.ts';
import type { TokenVectors } from '../../../core/ask/token-vectors.ts';
import { seeded } from '../../core/sqlite/sample-documents.ts';
import type { Samples } from '../search/sample-passages.ts';
import { MODEL, randomVector } from '../search/stores.ts';
import { type Compared, onBoth, Rounds } from './figures.ts';
import type { Twins } from './twins.ts';

const SEED = 20_261_129;
const ROUNDS = 7;

/**
 * Asks both sides the same questions (so many in each round), each question of one side and right after of the other. Milliseconds per question:
 * `builtIn` by words and token vectors, `all` by dense vectors too. Both must find the same, or it throws.
 */
export async function search(
  twins: Twins,
  { samples, vectors, questions }: { samples: Samples; vectors: TokenVectors; questions: number },
): Promise<Record<'builtIn' | 'all', Compared>> {
  const [builtIn, all, random] = [new Rounds(), new Rounds(), seeded(SEED)];
  // The first round warms up.
  for (let round = -1, turn = 0; round < ROUNDS; round++) {
    for (let asked = 0; asked < questions; asked++, turn++) {
      const question = samples.questions[Math.floor(random() * samples.questions.length)]!;
      const dense = { model: MODEL, vector: randomVector(random) };
      for (const [rounds, by] of [[builtIn, {}] as const, [all, { dense }] as const]) {
        const found: string[] = [];
        const took = await onBoth(turn, (side) => {
          const { state, caller } = twins[side];
          const { found: hits } = state.vault.read(caller, (reader) =>
            findPassages(reader, mendTypos(question, reader, vectors), { vectors, ...by, now: 0 }),
          );
          found.push(JSON.stringify(hits));
        });
        if (found[0] !== found[1])
          throw new Error(`the sides found different passages for "${question}" (seed ${SEED})`);
        if (round >= 0) rounds.add(round, took);
      }
    }
  }
  return { builtIn: builtIn.compared(), all: all.compared() };
}
