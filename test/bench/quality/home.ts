import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TokenVectors } from '../../../core/ask/token-vectors.ts';
import type { Caller } from '../../../core/caller.ts';
import { systemClock } from '../../../core/clock.ts';
import type { OpenState } from '../../../core/control.ts';
import type { NewDocument, NewPassage, PackedPassages } from '../../../core/document.ts';
import { textToEmbed } from '../../../core/embed/background-embedder.ts';
import { KDF_FOR_TESTS_ONLY } from '../../../core/keys/passphrase-key.ts';
import type { Embedder } from '../../../core/question.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';

/** One person's real, encrypted store in a throw-away folder, and what finding in it needs. */
export interface Home extends Disposable {
  readonly state: OpenState;
  readonly caller: Caller;
  readonly vectors: TokenVectors;
  add(document: NewDocument, passages: readonly NewPassage[] | PackedPassages): void;
  /** Gives every passage its vector, as the background embedder does. */
  embed(embedder: Embedder): Promise<void>;
}

/** Makes the store. Closing it removes the folder. */
export async function openHome(): Promise<Home> {
  const folder = mkdtempSync(join(tmpdir(), 'kinkeeper-quality-'));
  const state = await openState({
    stateDir: join(folder, 'state'),
    passphrase: 'a passphrase of the bench',
    create: true,
    clock: systemClock,
    kdf: KDF_FOR_TESTS_ONLY,
  });
  state.control.people.add({ id: '@bench:home.test', role: 'member', language: 'en' });
  const caller = state.control.people.callerFor('@bench:home.test')!;
  return {
    state,
    caller,
    vectors: loadTokenVectors(),
    add(document, passages) {
      state.vault.write(caller, (writer) => writer.addDocument(document, passages));
    },
    async embed(embedder) {
      const waiting = state.vault.read(caller, (reader) => reader.passagesToEmbed(embedder.model, 1_000_000));
      const vectors: { passage: number; vector: Float32Array }[] = [];
      for (const passage of waiting) {
        vectors.push({ passage: passage.id, vector: await embedder.embedPassage(textToEmbed(passage)) });
      }
      state.vault.write(caller, (writer) => writer.putVectors(embedder.model, vectors));
    },
    [Symbol.dispose]() {
      state[Symbol.dispose]();
      rmSync(folder, { recursive: true });
    },
  };
}
