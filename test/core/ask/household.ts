import { gramsOf } from '../../../core/ask/grams.ts';
import type { TokenVectors } from '../../../core/ask/token-vectors.ts';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import type { NewPassage, Passage } from '../../../core/document.ts';
import { openTestState, temporaryFolder } from '../sqlite/temporary-state.ts';

/** A real, unlocked state folder with one person, and a way to put texts in as documents. */
export interface Household extends AsyncDisposable {
  readonly state: OpenState;
  readonly caller: Caller;
  add(name: string, texts: readonly string[]): void;
}

export async function household(vectors: TokenVectors): Promise<Household> {
  const { stateDir, remove } = temporaryFolder();
  const state = await openTestState(stateDir);
  state.control.people.add({ id: '@ada:home.test', role: 'member', language: 'en' });
  const caller = state.control.people.callerFor('@ada:home.test')!;
  return {
    state,
    caller,
    add(name, texts) {
      const passages = texts.map((text, position): NewPassage => {
        const words = `${name}\n${text}`;
        return {
          position,
          page: String(position + 1),
          heading: '',
          start: 0,
          end: text.length,
          text,
          grams: gramsOf(words).join(' '),
          pieces: vectors.pieces(words),
        };
      });
      state.vault.write(caller, (writer) =>
        writer.addDocument(
          { source: `$${name}`, name, kind: 'txt', bytes: 1, pages: texts.length, addedAt: 1 },
          passages,
        ),
      );
    },
    async [Symbol.asyncDispose]() {
      state[Symbol.dispose]();
      remove();
    },
  };
}

/** A passage without a store. */
export function passage(text: string, more: Partial<Passage> = {}): Passage {
  return {
    id: 1,
    document: 1,
    documentName: 'lease.pdf',
    position: 0,
    page: '1',
    heading: '',
    start: 0,
    end: text.length,
    text,
    ...more,
  };
}
