import type { Language } from '../../core/caller.ts';
import { UsageError } from '../../core/exit.ts';
import type { Answers } from './answers.ts';
import type { Asker } from './asker.ts';
import { checkAnswers } from './read-answers.ts';
import type { SetupTexts } from './wording/facts.ts';
import { sayAtSetup } from './wording/say-setup.ts';

type AskKey = Extract<keyof SetupTexts, `ask.${string}`>;

/** One question of the wizard: what it fills, and what Enter means. */
interface Question {
  readonly name: string;
  readonly key: AskKey;
  readonly fallback: string;
  readonly when?: (given: Given) => boolean;
}
type Given = Readonly<Record<string, string>>;

const isCompose = ({ kind }: Given) => kind === 'compose';
const isBare = ({ kind }: Given) => kind === 'bare';

const QUESTIONS: readonly Question[] = [
  { name: 'kind', key: 'ask.kind', fallback: 'compose' },
  { name: 'data', key: 'ask.data', fallback: '/srv/kinkeeper' },
  { name: 'serverName', key: 'ask.server-name', fallback: '' },
  { name: 'host', key: 'ask.host', fallback: '', when: isCompose },
  { name: 'reach', key: 'ask.reach', fallback: 'vpn', when: isCompose },
  { name: 'devices', key: 'ask.devices', fallback: '', when: isCompose },
  { name: 'endpoint', key: 'ask.endpoint', fallback: '', when: (given) => isCompose(given) && given.devices !== '' },
  { name: 'homeserver', key: 'ask.homeserver', fallback: 'http://127.0.0.1:8008', when: isBare },
  {
    name: 'homeserverConfig',
    key: 'ask.homeserver-config',
    fallback: '/etc/matrix-synapse/homeserver.yaml',
    when: isBare,
  },
  { name: 'start', key: 'ask.start', fallback: 'systemd', when: isBare },
  { name: 'admin', key: 'ask.admin', fallback: '' },
  { name: 'members', key: 'ask.members', fallback: '' },
  { name: 'bot', key: 'ask.bot', fallback: 'kin' },
  { name: 'model', key: 'ask.model', fallback: 'auto' },
  { name: 'backupKey', key: 'ask.backup-key', fallback: 'make' },
  { name: 'makesAccounts', key: 'ask.makes-accounts', fallback: 'true' },
  {
    name: 'hardening',
    key: 'ask.hardening',
    fallback: '',
    when: ({ kind, start }) => kind === 'compose' || start === 'systemd',
  },
];

/** Lists may be empty. */
const MAY_BE_EMPTY: ReadonlySet<string> = new Set(['members', 'devices', 'hardening']);

/**
 * Asks for everything, one question after the other; an answer that cannot be used is asked for again. `fits` says which model this machine
 * can run beside everything else.
 */
export async function askAnswers(
  asker: Asker,
  { say, fits }: { readonly say: (line: string) => void; readonly fits: () => Promise<string> },
): Promise<Answers> {
  const language = await askLanguage(asker);
  say(sayAtSetup(language, 'ask.hello'));
  let given: Given = { language };
  for (let open = [...QUESTIONS]; ; ) {
    for (const question of open) {
      if (question.when?.(given) === false) continue;
      const words = await wordsOf(language, question, isCompose(given) ? fits : async () => '');
      given = { ...given, [question.name]: await ask(asker, words, question) };
    }
    const wrong = faultsOf(given);
    if (wrong === undefined) return checkAnswers(rawAnswers(given), 'The answers');
    say(sayAtSetup(language, 'ask.again', { problem: wrong.problem }));
    open = QUESTIONS.filter(({ name }) => wrong.names.has(name));
    if (open.length === 0) throw new UsageError(wrong.problem);
  }
}

async function askLanguage(asker: Asker): Promise<Language> {
  const answer = await asker.line('English or Deutsch? (en/de) [en]');
  return /^d/i.test(answer) ? 'de' : 'en';
}

/** The question with what Enter means. */
async function wordsOf(language: Language, { key, fallback }: Question, fits: () => Promise<string>): Promise<string> {
  const words =
    key === 'ask.model' ? sayAtSetup(language, key, { fits: await fits() }) : sayAtSetup(language, key as 'ask.kind');
  return fallback === '' ? words : `${words} ${sayAtSetup(language, 'ask.default', { value: fallback })}`;
}

async function ask(asker: Asker, words: string, { name, fallback }: Question): Promise<string> {
  const answer = await asker.line(words);
  return answer === '' && !MAY_BE_EMPTY.has(name) ? fallback : answer;
}

/** true and false as people say them. */
const CHOICES: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  ja: true,
  false: false,
  no: false,
  nein: false,
};

function faultsOf(given: Given): { names: ReadonlySet<string>; problem: string } | undefined {
  try {
    checkAnswers(rawAnswers(given), 'The answers');
    return undefined;
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    const problem = thrown.message;
    const paths = [...problem.matchAll(/^ {2}([A-Za-z]+)/gm)].map(([, name]) => name!);
    return { problem, names: new Set(paths.flatMap((name) => (name === 'people' ? ['admin', 'members'] : [name]))) };
  }
}

/** Answers as an answers file has them. */
function rawAnswers(given: Given): object {
  const { admin = '', members = '', devices, hardening, makesAccounts, ...plain } = given;
  const words = (text: string) => text.split(/[\s,]+/).filter((word) => word !== '');
  const person = (name: string, role: string) => ({ name, role, language: given.language });
  return {
    ...plain,
    people: [person(admin, 'admin'), ...words(members).map((name) => person(name, 'member'))],
    ...(devices !== undefined && { devices: words(devices) }),
    ...(hardening !== undefined && { hardening: words(hardening) }),
    ...(makesAccounts !== undefined && { makesAccounts: CHOICES[makesAccounts] ?? makesAccounts }),
  };
}
