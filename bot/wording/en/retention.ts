import type { PersonClass } from '../../../core/retention/policy.ts';
import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { RetentionFacts } from '../facts/retention.ts';

const { count, list, number } = FORMATS.en;

const NAMES: Record<PersonClass, string> = {
  chat: 'our questions and answers',
  documents: 'your documents',
  badAnswers: 'answers marked with a thumbs-down',
};

/** English: how long things are kept. */
export const retention: Entries<RetentionFacts> = {
  'retention.head': () => '**How long I keep what is yours**',
  'retention.line': ({ what, days, least, most, chosen, cut, change }) =>
    `- **${NAMES[what]}**: ${age(days)}${cut ? ', as near to what you chose as your admin’s bounds allow' : chosen ? ', as you chose' : ''}. ${least === most ? 'Your admin decides that.' : `You may choose from ${age(least)} to ${most === 0 ? 'forever' : age(most)}: ${change}`}`,
  'retention.house': ({ audit, jobs, alerts, ids }) =>
    `- **what the server notes**: who did what ${age(audit)}, runs of jobs ${age(jobs)}, alerts ${age(alerts)}, which messages were handled ${age(ids)}`,
  'retention.foot': () =>
    'Documents are named to you a week before they go by their age. The messages of our chat lie on your homeserver; how long is decided there.',
  'retention.unclear': ({ given, examples }) =>
    `I can't tell what to keep how long by “${given}”. I keep time in days, weeks, months and years. For example: ${list(examples.map(String))}.`,
  'retention.admins': () =>
    'How long the server keeps what it notes (who did what, jobs, alerts) is in the admin’s settings; nobody chooses it for themselves. Nothing was changed. `!retention` shows how long it is.',
  'retention.beyond': ({ what, days, side }) =>
    `Your admin set ${side === 'least' ? 'at least' : 'at most'} ${age(days)} for ${NAMES[what]}. Nothing was changed.`,
  'retention.preview': ({ what, days, going, names, more, confirm }) =>
    [
      `**This would remove ${counted(what, going)} older than ${age(days)}, for good:**`,
      ...(names.length === 0 ? [] : [named(names, more)]),
      `Nothing was changed yet. If you want that: ${confirm}`,
    ].join('\n'),
  'retention.choice': ({ what, days }) => `${NAMES[what]}: ${age(days)}`,
  'retention.set': ({ what, days, removed }) =>
    `From now on I keep ${NAMES[what]} ${days === 0 ? 'until you tell me otherwise' : `for ${age(days)}`}.${removed === 0 ? '' : ` ${counted(what, removed)} older than that ${removed === 1 ? 'is' : 'are'} gone.`}`,
  'retention.soon': ({ days, names, more, change }) =>
    [
      `**In a week I will forget ${count(names.length + more, 'document', 'documents')} of yours**, older than ${age(days)} then:`,
      named(names, more),
      `To keep them, send them again or choose a longer time: ${change}`,
    ].join('\n'),
  'retention.room': ({ turnDays, days }) =>
    [
      '**How long I keep what belongs to this room**',
      '',
      `- **questions and answers here**: ${age(turnDays)}`,
      `- **documents that you gave to the room**: ${age(days)}`,
      '',
      `Your admin decides that, for all rooms alike, because nobody should decide it for the others.${days === 0 ? '' : ' Documents are named here a week before they go by their age.'} Who sent a document may make me forget it at any time. The messages of the room lie on your homeserver; how long is decided there.`,
    ].join('\n'),
  'retention.room-soon': ({ days, names, more }) =>
    [
      `**In a week I will forget ${count(names.length + more, 'document', 'documents')} of this room**, older than ${age(days)} then:`,
      named(names, more),
      'To keep them, send them here again.',
    ].join('\n'),
  'retention.gone': ({ days, names, more }) =>
    `${count(names.length + more, 'document', 'documents')} older than ${age(days)} ${names.length + more === 1 ? 'is' : 'are'} gone, as I told you a week ago: ${named(names, more)}`,
};

function age(days: number): string {
  if (days === 0) return 'until you tell me otherwise';
  return days % 365 === 0 ? count(days / 365, 'year', 'years') : count(days, 'day', 'days');
}

function counted(what: PersonClass, amount: number): string {
  if (what === 'documents') return count(amount, 'document', 'documents');
  if (what === 'chat') return count(amount, 'question with its answer', 'questions with their answers');
  return count(amount, 'marked answer', 'marked answers');
}

function named(names: readonly string[], more: number): string {
  return more > 0 ? `${names.join(', ')} and ${number(more)} more` : list(names);
}
