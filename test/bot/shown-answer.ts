import { answerText } from '../../bot/answer-text.ts';
import { say } from '../../bot/wording/say.ts';
import { answerQuestion } from '../../core/ask/answer-question.ts';
import { gramsOf } from '../../core/ask/grams.ts';
import type { Language } from '../../core/caller.ts';
import { prepareDocument } from '../../core/ingest/prepare-document.ts';
import { openHome } from '../bench/quality/home.ts';
import { LIMITS } from '../core/ingest/reading.ts';

/** A file as a person sends it; `note` is what is written below it. */
export interface SentFile {
  readonly name: string;
  readonly bytes: Uint8Array | string;
  readonly note?: string;
}

/** What a person reads who sends files and then asks, without a language model: read in the sandbox, kept in a real store. */
export async function shownAnswer(
  files: readonly SentFile[],
  question: string,
  language: Language = 'en',
): Promise<string> {
  using home = await openHome();
  for (const [at, { name, bytes, note }] of files.entries()) {
    const file = {
      ...{ name, bytes: Buffer.from(bytes as string), source: `$${at}`, addedAt: 1 },
      note: note === undefined ? undefined : { text: note, label: say(language, 'note.label') },
    };
    const prepared = await prepareDocument(file, { limits: LIMITS, encoder: home.vectors, gramsOf });
    home.add(prepared.document, prepared);
  }
  const asked = { text: question, room: '!r', event: '$q', at: 1_800_000_000_000 };
  const answer = await answerQuestion(
    home.caller,
    asked,
    { vault: home.state.vault, vectors: home.vectors },
    { language },
  );
  return answerText(language, answer, { question });
}
