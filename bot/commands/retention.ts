import type { Caller, Language } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import { type Age, compareAges, cutoff, parseAge } from '../../core/retention/age.ts';
import {
  agesFor,
  judgeChoice,
  PERSON_CLASSES,
  type PersonClass,
  type RetentionPolicy,
  roomAges,
} from '../../core/retention/policy.ts';
import { choicesOf, choose, type Expired, expiredOf, removeExpired } from '../../core/retention/tenant-retention.ts';
import type { TenantReader, Vault } from '../../core/tenant.ts';
import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { type Answered, asked, defineCommand, done, refused } from './command-spec.ts';

/** What people type for each class; the first of a language is what examples show. */
const WORDS: Readonly<Record<PersonClass, Readonly<Record<Language, readonly string[]>>>> = {
  chat: {
    en: ['chat', 'talk', 'questions'],
    de: ['gespräch', 'gespraech', 'gespräche', 'chat', 'fragen', 'unterhaltung'],
  },
  documents: { en: ['documents', 'files', 'document'], de: ['dokumente', 'dateien', 'dokument'] },
  badAnswers: {
    en: ['feedback', 'thumbs-down'],
    de: ['feedback', 'rückmeldung', 'rückmeldungen', 'rueckmeldung', 'rueckmeldungen', 'bewertungen'],
  },
};
/** What the server notes, of which the settings alone decide. */
const HOUSE =
  /^(?:audit|trail|protokoll|protokollkette|jobs?|aufgaben?|alerts?|warnung(?:en)?|ids|messages|nachrichten)(?:\s|$)/i;
const YES = { en: 'yes', de: 'ja' } as const;
const EXAMPLES: Readonly<Record<PersonClass, Readonly<Record<Language, string>>>> = {
  chat: { en: '7 days', de: '7 Tage' },
  documents: { en: '2 years', de: '2 Jahre' },
  badAnswers: { en: '30 days', de: '30 Tage' },
};
const NAMED = 5;

/**
 * `!retention`: how long what is the caller's is kept; `!retention chat 7 days` changes it within the admin's bounds. What
 * would go at once is counted first, and goes with "yes" behind the same words. In a family room it shows what holds there.
 */
export const retention = defineCommand({
  name: 'retention',
  typed: { en: 'retention', de: 'aufbewahrung' },
  aliases: ['keeptime', 'frist'],
  where: 'chats',
  role: 'member',
  destructive: true,
  audit: ({ wanted }, { caller }) => (wanted === undefined ? null : `${caller.tenant} ${classIn(wanted) ?? '-'}`),
  arguments: [{ name: 'wanted', type: 'text', label: 'what-how-long', optional: true }],
  examples: ['', { en: 'chat 7 days', de: 'gespräch 7 Tage' }, { en: 'documents 2 years', de: 'dokumente 2 Jahre' }],
  needs: ['vault', 'clock', 'retention'],
  execute: ({ caller, place, vault, clock, retention: policy }, { wanted }) => {
    if (place === 'family') return asked(inRoom(policy, caller.language, wanted));
    if (wanted === undefined) return asked(vault.read(caller, (reader) => overview(reader, policy, caller.language)));
    const change = readChange(wanted);
    if (change === undefined) {
      if (HOUSE.test(wanted)) return refused(say(caller.language, 'retention.admins'));
      const examples = PERSON_CLASSES.map((name) => code(exampleOf(name, caller.language)));
      return refused(say(caller.language, 'retention.unclear', { given: wanted, examples }));
    }
    return apply({ caller, vault, policy, now: clock() }, change);
  },
});

interface Change {
  readonly what: PersonClass;
  /** undefined: back to the admin's default. */
  readonly age: Age | undefined;
  readonly isConfirmed: boolean;
}

/** "chat 7 days yes" in either language; undefined when it says no class or no age. */
function readChange(text: string): Change | undefined {
  const what = classIn(text);
  const [, rest = '', yes] = /^\S+\s*(.*?)(\s+(?:yes|ja))?$/i.exec(text.trim()) ?? [];
  const isDefault = /^(default|standard|vorgabe)$/i.test(rest.trim());
  const age = parseAge(rest);
  if (what === undefined || (age === undefined && !isDefault)) return undefined;
  return { what, age, isConfirmed: yes !== undefined };
}

function classIn(text: string): PersonClass | undefined {
  const word = text.trim().split(/\s+/, 1)[0]?.toLowerCase() ?? '';
  return PERSON_CLASSES.find((name) => Object.values(WORDS[name]).some((words) => words.includes(word)));
}

function apply(
  { caller, vault, policy, now }: { caller: Caller; vault: Vault; policy: RetentionPolicy; now: number },
  { what, age, isConfirmed }: Change,
): Answered {
  const { language } = caller;
  const rule = policy.person[what];
  const verdict = age === undefined ? 'ok' : judgeChoice(rule, age);
  if (verdict !== 'ok') {
    const side = compareAges(verdict.beyond, rule.least) === 0 && compareAges(age!, rule.least) < 0 ? 'least' : 'most';
    return refused(say(language, 'retention.beyond', { what, days: daysOf(verdict.beyond), side }));
  }
  return vault.write(caller, (writer) => {
    const ages = agesFor(policy, { ...choicesOf(writer), [what]: age });
    const expired = only(what, expiredOf(writer, ages, now));
    const going = expired.chat + expired.documents.length + expired.badAnswers.length;
    const days = daysOf(ages[what]);
    if (going > 0 && !isConfirmed) {
      const names = expired.documents.slice(0, NAMED).map(({ name }) => name);
      const typed = age === undefined ? (language === 'de' ? 'Vorgabe' : 'default') : typedAge(age, language);
      const confirm = code(`!${retention.typed[language]} ${WORDS[what][language][0]} ${typed} ${YES[language]}`);
      const more = expired.documents.length - names.length;
      return asked(say(language, 'retention.preview', { what, days, going, names, confirm, more }));
    }
    choose(writer, what, age);
    removeExpired(writer, expired, what === 'chat' ? cutoff(ages.chat, now) : undefined);
    return done(say(language, 'retention.set', { what, days, removed: going }));
  });
}

/** What goes by one class alone: the others keep to the hour at which they go by themselves, and to their notice. */
function only(what: PersonClass, expired: Expired): Expired {
  return {
    chat: what === 'chat' ? expired.chat : 0,
    documents: what === 'documents' ? expired.documents : [],
    badAnswers: what === 'badAnswers' ? expired.badAnswers : [],
  };
}

function overview(reader: TenantReader, policy: RetentionPolicy, language: Language): string {
  const choices = choicesOf(reader);
  const ages = agesFor(policy, choices);
  const { audit, jobs, alerts, ids } = policy.house;
  return [
    say(language, 'retention.head'),
    '',
    ...PERSON_CLASSES.map((what) =>
      say(language, 'retention.line', {
        what,
        days: daysOf(ages[what]),
        least: daysOf(policy.person[what].least),
        most: daysOf(policy.person[what].most),
        chosen: choices[what] !== undefined,
        cut: choices[what] !== undefined && compareAges(choices[what], ages[what]) !== 0,
        change: code(exampleOf(what, language)),
      }),
    ),
    say(language, 'retention.house', {
      audit: daysOf(audit),
      jobs: daysOf(jobs),
      alerts: daysOf(alerts),
      ids: daysOf(ids),
    }),
    '',
    say(language, 'retention.foot'),
  ].join('\n');
}

/** Throws AppError `forbidden` (reason `room-retention`) for who wants to change it: papers of a room belong to others too. */
function inRoom(policy: RetentionPolicy, language: Language, wanted: string | undefined): string {
  const { chat, documents } = roomAges(policy);
  if (wanted !== undefined)
    throw new AppError('forbidden', 'nobody changes for a whole room how long things are kept', {
      reason: 'room-retention',
      facts: { command: `!${retention.typed[language]}` },
    });
  return say(language, 'retention.room', { turnDays: daysOf(chat), days: daysOf(documents) });
}

/** A call that changes a class, in the words of a language; what examples and notices show. */
export function exampleOf(what: PersonClass, language: Language): string {
  return `!${retention.typed[language]} ${WORDS[what][language][0]} ${EXAMPLES[what][language]}`;
}

function typedAge(age: Age, language: Language): string {
  if (age === 'forever') return language === 'de' ? 'für immer' : 'forever';
  return `${age} ${language === 'de' ? 'Tage' : 'days'}`;
}

function daysOf(age: Age): number {
  return age === 'forever' ? 0 : age;
}
