import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gramsOf, wordsOf } from '../../../core/ask/grams.ts';
import type { TokenVectors } from '../../../core/ask/token-vectors.ts';
import type { NewPassage } from '../../../core/document.ts';
import { seeded } from '../../core/sqlite/sample-documents.ts';

const XQUAD = fileURLToPath(new URL('../../../../shared/data/xquad/', import.meta.url));
const LANGUAGES = ['en', 'de', 'es'];
const PASSAGE_CHARACTERS = 750;

interface Sentence {
  readonly text: string;
  readonly grams: string;
  readonly pieces: Uint32Array;
}

/** Texts that the bench searches, and questions about the same things. `origin` names them in the report. */
export interface Samples {
  readonly origin: 'xquad' | 'made words';
  readonly questions: readonly string[];
  /** Passage number `i` of an endless list, the same for every seed. */
  passage(i: number): NewPassage;
}

/**
 * Passages of about 120 words, each of random sentences of one language and a number of its own: the sentences of XQuAD
 * where they are there, else sentences of made words that are spread like those of a language (Zipf). Grams and pieces
 * are made once per sentence, so that a hundred thousand passages take seconds.
 */
export function samplePassages(vectors: TokenVectors, seed: number): Samples {
  const random = seeded(seed);
  const isThere = LANGUAGES.every((language) => existsSync(`${XQUAD}xquad.${language}.json`));
  const texts = isThere ? LANGUAGES.map(readXquad) : [madeTexts(random), madeTexts(random)];
  const sentences = texts.map((language) =>
    language.sentences.map(
      (text): Sentence => ({ text, grams: gramsOf(text).join(' '), pieces: vectors.pieces(text) }),
    ),
  );
  return {
    origin: isThere ? 'xquad' : 'made words',
    questions: texts.flatMap((language) => language.questions),
    passage(i) {
      const own = seeded(seed + i);
      const language = sentences[i % sentences.length]!;
      const chosen: Sentence[] = [];
      for (let length = 0; length < PASSAGE_CHARACTERS; length += chosen.at(-1)!.text.length) {
        chosen.push(language[Math.floor(own() * language.length)]!);
      }
      return passageOf(i, chosen, String(Math.floor(own() * 1_000_000)));
    },
  };
}

/** Words of a passage or question as a plain FTS5 table would be given them. */
export function plainWords(text: string): string[] {
  return [...new Set(wordsOf(text))];
}

function passageOf(i: number, sentences: readonly Sentence[], number: string): NewPassage {
  const text = [number, ...sentences.map((sentence) => sentence.text)].join(' ');
  return {
    position: i,
    page: null,
    heading: '',
    start: 0,
    end: text.length,
    text,
    grams: [gramsOf(number).join(' '), ...sentences.map(({ grams }) => grams)].join(' '),
    pieces: Uint32Array.from(new Set(sentences.flatMap(({ pieces }) => [...pieces]))).sort(),
  };
}

function readXquad(language: string): { sentences: string[]; questions: string[] } {
  const file = JSON.parse(readFileSync(`${XQUAD}xquad.${language}.json`, 'utf8')) as {
    data: { paragraphs: { context: string; qas: { question: string }[] }[] }[];
  };
  const paragraphs = file.data.flatMap((article) => article.paragraphs);
  return {
    sentences: paragraphs.flatMap(({ context }) => context.split(/(?<=[.!?])\s+/)),
    questions: paragraphs.flatMap(({ qas }) => qas.map(({ question }) => question)),
  };
}

function madeTexts(random: () => number): { sentences: string[]; questions: string[] } {
  const syllables = ['ka', 'ren', 'to', 'mi', 'lus', 'ber', 'an', 'de', 'sche', 'pol', 'ti', 'gra', 'vo', 'ne', 'sta'];
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!;
  const words = Array.from({ length: 20_000 }, () =>
    Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(syllables)).join(''),
  );
  // Rank by the inverse of a uniform number: frequency falls with rank as in Zipf's law.
  const word = () => words[Math.min(words.length - 1, Math.floor(words.length ** random()) - 1)]!;
  const sentence = (length: number) => Array.from({ length }, word).join(' ');
  return {
    sentences: Array.from({ length: 1500 }, () => `${sentence(20)}.`),
    questions: Array.from({ length: 300 }, () => `${sentence(10)}?`),
  };
}
