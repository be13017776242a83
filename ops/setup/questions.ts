import type { Language } from '../../core/caller.ts';
import type { Answers } from './answers.ts';
import type { SetupTexts } from './wording/facts.ts';
import { yesOrNo } from './yes-or-no.ts';

type AskKey = Extract<keyof SetupTexts, `ask.${string}`>;

/** Everything that the wizard asks for, by the name of the answer. */
export type QuestionName =
  | 'kind'
  | 'data'
  | 'serverName'
  | 'host'
  | 'reach'
  | 'devices'
  | 'endpoint'
  | 'certificate'
  | 'timeZone'
  | 'profiles'
  | 'homeserver'
  | 'homeserverConfig'
  | 'start'
  | 'admin'
  | 'members'
  | 'bot'
  | 'model'
  | 'backupKey'
  | 'makesAccounts'
  | 'hardening';

/** What a file of answers may say and the wizard does not ask for: it goes on with what was said before. */
const UNASKED = ['engine', 'podmanAccount'] as const;

/** What was typed so far, by the name of the question; `language` beside it. */
export type Given = Readonly<Partial<Record<QuestionName | (typeof UNASKED)[number], string>>> & {
  readonly language?: Language;
};

/** Of answers those that nobody is asked for. */
export function unaskedOf(given: Given): Given {
  return Object.fromEntries(UNASKED.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]]])));
}

/** One question of the wizard: what it fills, and what Enter means. */
export interface Question {
  readonly name: QuestionName;
  readonly key: AskKey;
  readonly fallback: string;
  readonly when?: (given: Given) => boolean;
}

export const isCompose = ({ kind }: Given) => kind === 'compose';
const isBare = ({ kind }: Given) => kind === 'bare';

/** In the order in which they are asked. */
export const QUESTIONS: readonly Question[] = [
  { name: 'kind', key: 'ask.kind', fallback: 'compose' },
  { name: 'data', key: 'ask.data', fallback: '/srv/kinkeeper' },
  { name: 'serverName', key: 'ask.server-name', fallback: '' },
  { name: 'host', key: 'ask.host', fallback: '', when: isCompose },
  { name: 'reach', key: 'ask.reach', fallback: 'vpn', when: isCompose },
  { name: 'devices', key: 'ask.devices', fallback: '', when: isCompose },
  { name: 'endpoint', key: 'ask.endpoint', fallback: '', when: (given) => isCompose(given) && !!given.devices },
  { name: 'certificate', key: 'ask.certificate', fallback: 'own-ca', when: isCompose },
  { name: 'timeZone', key: 'ask.time-zone', fallback: 'Etc/UTC', when: isCompose },
  { name: 'profiles', key: 'ask.profiles', fallback: '', when: isCompose },
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
    when: (given) => isCompose(given) || given.start === 'systemd',
  },
];

/** Lists may be empty. `-` empties one whose default is not. */
export const LISTS: ReadonlySet<string> = new Set(['members', 'devices', 'profiles', 'hardening']);

/** Answers as an answers file has them; what does not belong to the kind is left out. */
export function rawAnswers(given: Given): object {
  const due = QUESTIONS.filter(({ name, when }) => given[name] !== undefined && when?.(given) !== false);
  const { admin, members, devices, profiles, hardening, makesAccounts, certificate, ...plain } = Object.fromEntries(
    due.map(({ name }) => [name, given[name]!]),
  ) as Given;
  const { language } = given;
  return {
    ...plain,
    ...(isCompose(given) && unaskedOf(given)),
    language,
    people: [
      { name: admin ?? '', role: 'admin', language },
      ...words(members ?? '').map((word) => {
        const [name, own] = word.split(':');
        return { name, role: 'member', language: own ?? language };
      }),
    ],
    ...(devices !== undefined && { devices: words(devices) }),
    ...(profiles !== undefined && { profiles: words(profiles) }),
    ...(hardening !== undefined && { hardening: words(hardening) }),
    ...(certificate !== undefined && { certificate: certificateOf(certificate) }),
    ...(makesAccounts !== undefined && { makesAccounts: yesOrNo(makesAccounts) ?? makesAccounts }),
  };
}

function words(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

function certificateOf(text: string): unknown {
  const [chain, key] = words(text);
  return key === undefined ? chain : { chain, key };
}

/** What would have to be typed for these answers in a wizard of this language: the defaults when they are asked for again. */
export function givenOf(answers: Answers, language: Language = answers.language): Given {
  const { language: _said, people, ...rest } = answers;
  const admin = people.find(({ role }) => role === 'admin')!;
  const others = people.filter((one) => one !== admin);
  const texts = Object.entries(rest).flatMap(([name, value]) => {
    if (![...QUESTIONS.map((question) => question.name), ...UNASKED].some((one) => one === name) || value === undefined)
      return [];
    return [[name, textOf(value)]];
  });
  return {
    ...(Object.fromEntries(texts) as Given),
    language,
    admin: admin.name,
    members: others.map((one) => (one.language === language ? one.name : `${one.name}:${one.language}`)).join(' '),
  };
}

function textOf(value: unknown): string {
  if (Array.isArray(value)) return value.join(' ');
  return typeof value === 'object' ? Object.values(value as object).join(' ') : String(value);
}
