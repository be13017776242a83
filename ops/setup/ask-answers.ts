import type { Language } from '../../core/caller.ts';
import type { Answers } from './answers.ts';
import { askYesOrNo } from './ask-yes-or-no.ts';
import type { Asker } from './asker.ts';
import {
  type Given,
  givenOf,
  isCompose,
  LISTS,
  QUESTIONS,
  type Question,
  type QuestionName,
  rawAnswers,
  unaskedOf,
} from './questions.ts';
import { checkAnswers, faultyPlaces } from './read-answers.ts';
import { sayAtSetup } from './wording/say-setup.ts';
import { yesOrNo } from './yes-or-no.ts';

/** What the wizard works with besides the one who types. */
export interface AskParts {
  readonly say: (line: string) => void;
  /** Which model this machine can run beside everything else. */
  readonly fits: () => Promise<string>;
  /** Where there is no systemd, nothing can be started by it. */
  readonly hasSystemd: boolean;
  /** What Enter means, where that is something else than usual: answers of an earlier run. */
  readonly defaults: Given;
  /** Answers of the household that lies in a folder; undefined: there is none. */
  readonly answersIn: (folder: string) => LaidAnswers | undefined;
  /** Called after each answer with all of them: whatever stops the wizard costs none. */
  readonly keep: (given: Given) => void;
}

/** What set-up laid beside the data of a household, and the file that it stands in. */
export interface LaidAnswers {
  readonly file: string;
  readonly answers: Answers;
}

/**
 * Asks for everything, one question after the other; an answer that cannot be used is asked for again at once. Where a household lies in the
 * folder that was named for data, its own answers are offered: as they are, or as defaults.
 */
export async function askAnswers(asker: Asker, parts: AskParts): Promise<Answers> {
  const { say, keep } = parts;
  const language = await askLanguage(asker, parts);
  say(sayAtSetup(language, 'ask.hello'));
  let { defaults } = parts;
  let given: Given = { language, ...unaskedOf(defaults) };
  for (const question of QUESTIONS) {
    if (question.when?.(given) === false) continue;
    given = await ask(asker, question, { ...parts, defaults, given, language });
    const laid = question.name === 'data' ? laidIn(given.data!, parts) : undefined;
    if (laid !== undefined) {
      const words = sayAtSetup(language, 'ask.laid-answers', { file: laid.file });
      if (await askYesOrNo(asker, words, { language, say, enter: true })) {
        keep(givenOf(laid.answers));
        return laid.answers;
      }
      defaults = { ...defaults, ...givenOf(laid.answers, language) };
      given = { ...given, ...unaskedOf(defaults) };
    }
    keep({ ...defaults, ...given });
  }
  return checkAnswers(rawAnswers(given), '');
}

/** Not where the defaults are of that folder already: then they were offered before, or are newer. */
function laidIn(folder: string, { defaults, answersIn }: AskParts): LaidAnswers | undefined {
  return folder === defaults.data ? undefined : answersIn(folder);
}

async function askLanguage(asker: Asker, { defaults: { language = 'en' } }: AskParts): Promise<Language> {
  for (;;) {
    const answer = (await asker.line(`English or Deutsch? (en/de) [${language}]`)) || language;
    if (/^(d|de|deutsch)$/i.test(answer)) return 'de';
    if (/^(e|en|english)$/i.test(answer)) return 'en';
  }
}

interface Asking extends AskParts {
  readonly given: Given;
  readonly language: Language;
}

async function ask(asker: Asker, question: Question, asking: Asking): Promise<Given> {
  const { name } = question;
  const fallback = fallbackOf(question, asking);
  const words = await wordsOf(question, fallback, asking);
  for (;;) {
    const typed = await asker.line(words);
    const answer = typed === '' ? fallback : LISTS.has(name) && typed === '-' ? '' : typed;
    const given = { ...asking.given, [name]: answer };
    const isSystemdMissing = name === 'start' && answer === 'systemd' && !asking.hasSystemd;
    if (isSystemdMissing) asking.say(sayAtSetup(asking.language, 'check.no-systemd'));
    else if (!isFaulty(given, name)) return given;
    else asking.say(sayAtSetup(asking.language, 'ask.again', { name }));
  }
}

function fallbackOf({ name, fallback }: Question, { defaults, hasSystemd }: Asking): string {
  return defaults[name] ?? (name === 'start' && !hasSystemd ? 'detached' : fallback);
}

/** The question with what Enter means. */
async function wordsOf({ key, name }: Question, fallback: string, { given, language, fits }: Asking): Promise<string> {
  const words =
    key === 'ask.model'
      ? sayAtSetup(language, key, { fits: isCompose(given) ? await fits() : '' })
      : sayAtSetup(language, key as 'ask.kind');
  const isYes = name === 'makesAccounts' ? yesOrNo(fallback) : undefined;
  const value = isYes === undefined ? fallback : sayAtSetup(language, 'ask.choice', { isYes });
  return value === '' ? words : `${words} ${sayAtSetup(language, 'ask.default', { value })}`;
}

/** Whether this answer is wrong, by itself or with those before it; what follows is not there yet. */
function isFaulty(given: Given, name: QuestionName): boolean {
  return faultyPlaces(rawAnswers(given)).some(([place, at]) => {
    if (place !== 'people') return place === name;
    return name === (at === 0 ? 'admin' : 'members');
  });
}
