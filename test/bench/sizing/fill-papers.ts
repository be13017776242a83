import { chooseModels } from '../../../bot/choose-models.ts';
import { systemClock } from '../../../core/clock.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { seeded } from '../../core/sqlite/sample-documents.ts';
import { samplePassages } from '../search/sample-passages.ts';
import { randomVector } from '../search/stores.ts';

const SEED = 20_261_130;
const NO_KEYS = { embeddingApiKey: undefined, answeringApiKey: undefined };
/** A letter or bill of some pages. */
const PASSAGES_A_PAPER = 10;

/** What is put into a household before it starts. */
interface Filling {
  readonly stateDir: string;
  readonly passphrase: string;
  readonly person: string;
  readonly papers: number;
  readonly embedding: Parameters<typeof chooseModels>[0]['embedding'];
}

/** Gives a person papers, with meanings as far as a model is set, as if they had been sent. Returns questions that they answer. */
export async function fillPapers({ stateDir, passphrase, person, papers, embedding }: Filling): Promise<string[]> {
  const models = await chooseModels({ embedding, answering: { kind: 'extractive' } }, NO_KEYS);
  const model = models.embedder?.model;
  await models.close();
  const samples = samplePassages(loadTokenVectors(), SEED);
  const random = seeded(SEED);
  using state = await openState({ stateDir, passphrase, create: true, clock: systemClock });
  state.control.people.add({ id: person, role: 'admin', language: 'en' });
  const caller = state.control.people.callerFor(person)!;
  for (let paper = 0; paper < papers; paper++) {
    const from = paper * PASSAGES_A_PAPER;
    const passages = Array.from({ length: PASSAGES_A_PAPER }, (_, i) => ({
      ...samples.passage(from + i),
      position: i,
    }));
    state.vault.write(caller, (writer) => {
      const facts = { name: `paper-${paper}.txt`, kind: 'txt' as const, bytes: 1, pages: 4, addedAt: systemClock() };
      writer.addDocument({ ...facts, source: `$paper-${paper}` }, passages);
      const embedded = passages.map((_, i) => ({ passage: from + i + 1, vector: randomVector(random) }));
      if (model !== undefined) writer.putVectors(model, embedded);
    });
  }
  return samples.questions.slice(0, 200);
}
