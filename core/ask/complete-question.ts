import type { LanguageModel, Question } from '../question.ts';
import type { Turn } from '../tenant.ts';
import { wordsOf } from './grams.ts';
import { isStopWord } from './guess-language.ts';
import { tellingWords } from './telling-words.ts';

/** A conversation rests after this long; a question then stands for itself. */
export const FOLLOW_UP_AGE_MS = 30 * 60_000;
/** Turns to read for completing a question. */
export const FOLLOW_UP_TURNS = 4;

/** "And ...?" in the languages that the stop words cover. */
const GOES_ON =
  /^[¿¡\s]*(?:and|or|but|und|oder|aber|y|o|pero|et|ou|mais|e|ed|ma|i|ale|ve|ya|peki|и|а|но|a(?=\s+(?:jak|co|kiedy|ile|gdzie|kto|czy)\s)|那|那么|还有)(?:[\s,]|(?=\p{sc=Han}))/iu;
/** Words that point back at what was said. German "das" only where no noun can follow it. */
const POINTS_BACK =
  /(?<![\p{L}\p{N}'’-])(?:it|its|that one|this one|they|them|those|she|he|her|him|then|ihn|ihm|ihr|dafür|davon|dazu|dabei|damit|dort|er|sie|deren|dessen|eso|esa|ese|ello|ella|él|lui|elle|celui|celle|quello|quella|ona|ono|onu|onun|bunu|bunun|это|она|он|他|她|它)(?![\p{L}\p{N}'’])|(?<!\p{L})(?:das|that|this)(?:\s+(?:noch\s*mal|denn|eigentlich|genau|again|exactly))?\s*[?.!]*$|(?<!\p{L})do(?:es)? (?:that|this)(?!\p{L})/iu;
/** People are not the things that a question names: these point out of it. */
const PERSON = /^(?:she|he|her|him|elle|lui|él|ella|она|он)$/iu;
/** Where a second question begins inside of one: "…, and what does it cost". */
const SECOND =
  /(?:[.?!,;:]|(?<!\p{L})(?:and|or|but|und|oder|aber|y|o|pero|et|ou|mais|e|ma))\s+(?=(?:and |und |y |et |e )?(?:what|when|how|where|who|why|which|until|since|is|are|was|were|does|do|did|can|will|was|wann|wie|wieviel|wo|wer|warum|welche[rsnm]?|bis|seit|ab|ist|sind|war|kann|muss|qué|cuánto|cuándo|dónde|cómo|quand|combien|où|comment|quanto|quando|dove|come)(?!\p{L}))/giu;
/** A thing by its article or owner. */
const THE_THING =
  /(?<!\p{L})(?:the|an?|my|our|your|his|her|der|die|das|dem|den|des|eine?[rmns]?|(?:mein|dein|unser|euer|eur|ihr)(?:e[rmns]?)?|zum|zur|beim|vom|im|el|la|los|las|una?|mi|nuestr[oa]|le|les|une|mon|ma|notre|il|lo|gli|mio|nostr[oa])\s+([\p{L}\p{N}]+)/giu;
/** The same in more words: "what about ...?" */
const WHAT_ABOUT =
  /^[¿¡\s]*(?:(?:what|how) about|was ist mit|wie (?:sieht|steht) es (?:mit|bei)|qué (?:hay de|pasa con)|qu['’]en est-il|et pour|e per|a co z|peki ya|а как насчёт)\s/iu;
/** Questions that name nothing: a word for the place, time or reason, and "that" before what was said of it. */
const BARE =
  /^[¿¡\s]*(?:why|how so|how come|since when|until when|by when|(?:when|where|who|what) exactly|(?:on |in )?(?:which|what) (?:page|month|year|file|document)|warum|wieso|weshalb|(?:seit|bis|ab) wann|(?:wann|wo|wer|was) genau|(?:auf |in )?welche[mrs]? (?:seite|monat|jahr|datei|dokument)|pourquoi|depuis quand|à quelle page|por qué|desde cuándo|perché|da quando|dlaczego|od kiedy|neden|почему|为什么)[\s?？.!]*$|^(?:is|was) (?:that|this) (?:a|an|the|per|in|for|with|without|before|after|from|still|already|included)(?!\p{L})/iu;
const MOST_WORDS = 12;

/** True when a question cannot stand alone: it goes on ("and how much?"), points back, or says next to nothing. */
export function looksIncomplete(text: string): boolean {
  const words = wordsOf(text);
  if (words.length > MOST_WORDS) return false;
  if ([GOES_ON, WHAT_ABOUT, BARE].some((shape) => shape.test(text)) || pointsOut(text)) return true;
  return words.filter((word) => !isStopWord(word)).length === 0;
}

/** True when a word points back at something that the question itself does not name: "when is the trip and what does it cost" does. */
function pointsOut(text: string): boolean {
  return [...text.matchAll(new RegExp(POINTS_BACK, 'giu'))].some(({ 0: word, index }) => {
    const before = text.slice(0, index);
    const second = [...before.matchAll(SECOND)].at(-1);
    return second === undefined || PERSON.test(word) || !namesSomething(before.slice(0, second.index));
  });
}

function namesSomething(text: string): boolean {
  if (POINTS_BACK.test(text)) return false;
  const things = [...text.matchAll(THE_THING)].filter(([, word]) => !isStopWord(word!.toLowerCase()));
  return things.length > 0 || tellingWords(text).length > 1;
}

/**
 * Turns of the same conversation that may complete a question: young enough, before it, and no further back than the
 * last one that stood for itself. Oldest first; [] when the question stands alone. Pure.
 */
export function turnsBefore(question: Question, turns: readonly Turn[]): Turn[] {
  if (!looksIncomplete(question.text)) return [];
  const before = turns.filter(
    (turn) =>
      turn.room === question.room &&
      turn.event !== question.event &&
      turn.at <= question.at &&
      question.at - turn.at <= FOLLOW_UP_AGE_MS,
  );
  const last = before.findLastIndex((turn) => !looksIncomplete(turn.question));
  return before.slice(Math.max(0, last));
}

/**
 * The question as it is searched for and put to the model. Without turns it is the question itself; with a model the
 * model rewrites it; without one, or when what the model wrote is unusable, the questions before it are put in front.
 * Throws only the signal's reason.
 */
export async function completeQuestion(
  question: string,
  turns: readonly Turn[],
  options: { readonly model?: LanguageModel | undefined; readonly signal?: AbortSignal | undefined },
): Promise<string> {
  if (turns.length === 0) return question;
  const joined = [...turns.map((turn) => turn.question), question].join(' ');
  if (!options.model) return joined;
  try {
    let written = '';
    const stream = options.model.stream(rewritePrompt(question, turns), {
      maxTokens: 100,
      ...(options.signal && { signal: options.signal }),
    });
    for await (const part of stream) written += part;
    return usable(written, question, joined) ?? joined;
  } catch {
    options.signal?.throwIfAborted();
    return joined;
  }
}

function rewritePrompt(question: string, turns: readonly Turn[]) {
  const talk = turns.map((turn) => `Q: ${turn.question}\nA: ${turn.answer.slice(0, 400) || '-'}`).join('\n');
  return [
    {
      role: 'system' as const,
      content:
        'Rewrite the last question so that it can be understood without the conversation. Keep its language, names and numbers. Write only the rewritten question, on one line. Do not answer it.',
    },
    { role: 'user' as const, content: `Conversation:\n${talk}\n\nLast question: ${question}\n\nRewritten question:` },
  ];
}

/** One line, not long, every number of the question kept, and mostly words that were said before: else it is an answer or an invention. */
function usable(written: string, question: string, joined: string): string | undefined {
  const line = written.trim().replace(/^["“„'»]+|["”“'«]+$/gu, '');
  if (line === '' || line.length > 300 || line.includes('\n')) return undefined;
  const words = wordsOf(line);
  const said = new Set(wordsOf(joined));
  if (wordsOf(question).some((word) => /\p{N}/u.test(word) && !words.includes(word))) return undefined;
  const telling = words.filter((word) => !isStopWord(word));
  return telling.length > 0 && telling.filter((word) => said.has(word)).length >= telling.length / 2 ? line : undefined;
}
