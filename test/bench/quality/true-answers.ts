import { checkAnswer } from '../../../core/ask/check-answer.ts';
import { evidenceOf as readEvidence } from '../../../core/ask/check-sentence.ts';
import type { TokenVectors } from '../../../core/ask/token-vectors.ts';
import type { Passage } from '../../../core/document.ts';
import { type Corpus, type CorpusQuestion, evidenceOf } from './corpus.ts';
import { compact } from './score.ts';

/** How many accepted answers of a corpus, each said of the passages that prove it, the check of answers would not show. */
export interface TrueAnswers {
  readonly asked: number;
  readonly refused: readonly string[];
}

/** Ways in which a model words a short answer, by language. */
const WORDED: Readonly<Record<string, readonly string[]>> = {
  en: ['It is X [1].', 'According to the document, X [1].'],
  de: ['Es ist X [1].', 'Laut dem Dokument X [1].'],
  fr: ['C’est X [1].'],
  es: ['Es X [1].'],
  it: ['È X [1].'],
  pl: ['To jest X [1].'],
  tr: ['Cevap X [1].'],
};

/**
 * Says every accepted answer of every question with an answer as a sentence of its language, bare and worded, over the
 * passages of its file that hold the quote. An answer that is only computed from the quotes is left out: it may not stand.
 */
export function refusedTrueAnswers(corpus: Corpus, passages: readonly Passage[], vectors: TokenVectors): TrueAnswers {
  const refused: string[] = [];
  let asked = 0;
  for (const question of corpus.questions) {
    if (question.files.length === 0 || question.type === 'multi-document') continue;
    const gold = goldPassages(question, passages);
    if (gold.length === 0) continue;
    const evidence = readEvidence(gold, { question: question.question, language: question.lang, vectors });
    for (const answer of question.answers) {
      for (const worded of ['X [1]', ...(WORDED[question.lang] ?? [])]) {
        asked += 1;
        const said = worded.replace('X', answer);
        if (checkAnswer(said, evidence).text === '') refused.push(`${question.id} ${said}`);
      }
    }
  }
  return { asked, refused };
}

function goldPassages(question: CorpusQuestion, passages: readonly Passage[]): Passage[] {
  return evidenceOf(question).flatMap(({ file, quote }) =>
    passages
      .filter(
        ({ documentName, text }) => documentName === file.normalize('NFC') && compact(text).includes(compact(quote)),
      )
      .slice(0, 1),
  );
}
