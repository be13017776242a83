import { openState } from '../../../core/sqlite/open-state.ts';
import { seeded } from '../../core/sqlite/sample-documents.ts';
import type { Samples } from '../search/sample-passages.ts';
import { MODEL, randomVector } from '../search/stores.ts';

export const PASSPHRASE = 'bench bench bench';
const PERSON = '@bench:home.test';
const DOCUMENT_PASSAGES = 250;

/** Makes a state folder with one person who has so many passages, with all word indexes and dense vectors. For bench:keys. */
export async function buildPassages(stateDir: string, size: number, samples: Samples): Promise<void> {
  using state = await openState({ stateDir, passphrase: PASSPHRASE, create: true, clock: Date.now });
  state.control.people.add({ id: PERSON, role: 'member', language: 'en' });
  const caller = state.control.people.callerFor(PERSON)!;
  const random = seeded(size);
  for (let from = 0; from < size; from += DOCUMENT_PASSAGES) {
    const count = Math.min(DOCUMENT_PASSAGES, size - from);
    const passages = Array.from({ length: count }, (_, i) => ({ ...samples.passage(from + i), position: i }));
    state.vault.write(caller, (writer) => {
      const document = { name: 'bench.txt', kind: 'txt' as const, bytes: 1, pages: 1, addedAt: 1 };
      writer.addDocument({ ...document, source: `$${from}` }, passages);
      writer.putVectors(
        MODEL,
        passages.map((_, i) => ({ passage: from + i + 1, vector: randomVector(random) })),
      );
    });
  }
}
