import { type Age, compareAges } from './age.ts';

/** What each person decides about for themselves, within the admin's bounds. */
export const PERSON_CLASSES = ['chat', 'documents', 'badAnswers'] as const;
export type PersonClass = (typeof PERSON_CLASSES)[number];

/** What the admin decides about for the house. `ids`: which messages were handled and sent. */
export const HOUSE_CLASSES = ['audit', 'jobs', 'alerts', 'ids'] as const;
export type HouseClass = (typeof HOUSE_CLASSES)[number];

/** How long a class is kept where a person chose nothing, and what they may choose, both ends included. */
export interface PersonRule {
  readonly kept: Age;
  readonly least: Age;
  readonly most: Age;
}

/** How long everything is kept: a plain value, made of the settings by the entry files. */
export interface RetentionPolicy {
  readonly person: Readonly<Record<PersonClass, PersonRule>>;
  readonly house: Readonly<Record<HouseClass, Age>>;
}

/** What a person chose, by class; a class that is missing follows the admin's default. */
export type RetentionChoices = { readonly [Class in PersonClass]?: Age | undefined };

/** How long each class is kept for one person. */
export type PersonAges = Readonly<Record<PersonClass, Age>>;

/** The policy where the settings say nothing. */
export const DEFAULT_POLICY: RetentionPolicy = {
  person: {
    chat: { kept: 30, least: 1, most: 'forever' },
    documents: { kept: 'forever', least: 30, most: 'forever' },
    badAnswers: { kept: 365, least: 1, most: 'forever' },
  },
  house: { audit: 365, jobs: 90, alerts: 90, ids: 30 },
};

/** How long each class is kept for somebody with these choices. A choice that the bounds no longer allow counts as the nearest that they do. */
export function agesFor(policy: RetentionPolicy, choices: RetentionChoices): PersonAges {
  const age = (name: PersonClass) => within(policy.person[name], choices[name] ?? policy.person[name].kept);
  return { chat: age('chat'), documents: age('documents'), badAnswers: age('badAnswers') };
}

/** How long what belongs to a family room is kept. Marked answers are a person's own alone. */
export type RoomAges = Readonly<Record<'chat' | 'documents', Age>>;

/** Ids of messages go by when they came, turns by when they were asked: a question may have waited for its turn. */
const ROOM_MARGIN_DAYS = 1;

/**
 * How long each class is kept in every family room: as the admin's default has it, because no member decides for the
 * others. What was asked there goes before the ids of its messages do, by which an erasure finds what somebody asked.
 */
export function roomAges({ person, house: { ids } }: RetentionPolicy): RoomAges {
  const chat = within(person.chat, person.chat.kept);
  const most = ids === 'forever' ? ids : ids - ROOM_MARGIN_DAYS;
  return {
    chat: compareAges(chat, most) > 0 ? most : chat,
    documents: within(person.documents, person.documents.kept),
  };
}

/** Whether somebody may choose an age, and if not, the bound that it goes beyond. */
export function judgeChoice(rule: PersonRule, wanted: Age): 'ok' | { readonly beyond: Age } {
  const nearest = within(rule, wanted);
  return compareAges(nearest, wanted) === 0 ? 'ok' : { beyond: nearest };
}

function within({ least, most }: PersonRule, age: Age): Age {
  if (compareAges(age, least) < 0) return least;
  return compareAges(age, most) > 0 ? most : age;
}
