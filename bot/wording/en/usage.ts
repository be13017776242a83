import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { LabelTexts, SummaryTexts, UsageFacts } from '../facts/commands.ts';

const { number } = FORMATS.en;

/** English: commands in help, their arguments, and what is wrong with a call. */
export const usage: Entries<SummaryTexts & LabelTexts & UsageFacts> = {
  'summary.help': () => 'shows what I understand',
  'summary.files': () => 'lists the documents I know from you',
  'summary.show': () => 'shows what I keep of a document, or one of its pages',
  'summary.export': () => 'sends you everything I keep about you, or the text of one document',
  'summary.forget': () => 'forgets a document for good, or several (`1 2 5-7`)',
  'summary.forget chat': () => 'forgets what I remember of our talk',
  'summary.forget all': () => 'forgets all your documents for good, after a question',
  'summary.delete-me': () => 'erases everything about you, after a question and some time to think',
  'summary.delete-me stop': () => 'takes that back',
  'summary.stop': () => 'stops answering your questions, and sending your export',
  'summary.feedback': () =>
    'lists the answers that you marked with a thumbs-down; in a family room, those marked there',
  'summary.feedback clear': () => 'forgets them',
  'summary.keep': () => 'uses an earlier version of a document again, beside the newer one',
  'summary.share': () => 'lends one document to somebody of the household, for reading',
  'summary.shares': () => 'lists what you lend, and what is lent to you',
  'summary.shares end': () => 'ends one of these; the copy and its key are destroyed',
  'summary.shares show': () => 'shows what I keep of a lent document, or one of its pages',
  'summary.shares text': () => 'sends the text of a document that is lent to you',
  'summary.unshare': () => 'takes a document back from everybody whom you lent it to, or ends one loan (`L2`)',
  'summary.password': () => 'opens the file that asked you for its password; used once and forgotten',
  'summary.whoami': () => 'shows whom I take you for',
  'summary.privacy': () => 'shows what is kept about you, where, and who can see it',
  'summary.language': () => 'changes the language I speak with you',
  'summary.status': () => 'shows how bot and jobs are doing',
  'summary.people': () => 'lists who may talk to me',
  'summary.people add': () => 'lets a person talk to me, or changes their role',
  'summary.people remove': () =>
    'stops a person from talking to me at once, and erases them later; with `export` they get all of theirs first',
  'summary.people confirm': () => 'confirms that a changed identity is really theirs, after a question',
  'summary.people erase': () => 'erases a person now, after a question',
  'summary.alerts': () => 'lists the latest alerts, or shows one in full',
  'summary.alerts ack': () => 'says that you have taken note of an alert',
  'summary.alerts snooze': () => 'puts an alert off for a while',
  'summary.keys': () => 'shows how old the keys are',
  'summary.keys rotate': () => 'makes new keys for everybody’s documents and destroys the old ones',
  'summary.keys confirm': () => 'shows that you wrote the recovery code down, and takes it back from this room',
  'summary.backups': () => 'lists the backups and what was proven of them',
  'summary.jobs': () => 'lists the jobs, when they run and how that went',
  'summary.run': () => 'runs a job now, or tries it dry',
  'summary.cancel': () => 'ends a job that runs, and withdraws what waits',
  'summary.lockdown': () => 'drops all keys from memory until somebody unlocks me at the server’s shell',
  'summary.retention': () => 'shows how long I keep what is yours, and changes it',
  'summary.audit': () => 'shows what is noted about you: who did what, and when',
  'summary.audit verify': () => 'checks that nobody changed the audit trail',

  'label.command': () => 'command',
  'label.document': () => 'number',
  'label.page': () => 'page',
  'label.page-or-word': () => 'page or word',
  'label.password': () => 'password',
  'label.language': () => 'language',
  'label.person': () => '@name:server',
  'label.share': () => 'L and number',
  'label.share-terms': () => 'with @name:server [until 31.12.2027]',
  'label.paper': () => 'number, or L and number',
  'label.admin': () => 'admin',
  'label.yes': () => 'yes',
  'label.alert': () => 'alert',
  'label.time': () => 'how long',
  'label.take-along': () => 'export',
  'label.job': () => 'job',
  'label.dry': () => 'dry',
  'label.code': () => 'code',
  'label.last-group': () => 'last five characters',
  'label.what-how-long': () => 'what and how long',

  'command.unknown': ({ name, suggestion }) =>
    suggestion === undefined
      ? `I don't know the command “${name}”. \`!help\` shows what I understand.`
      : `I don't know the command “${name}”. Did you mean ${suggestion}?`,
  'command.elsewhere-ops': () => 'That command works in the ops room only.',
  'command.elsewhere-direct': () => 'That command works in your direct chat with me only.',
  'command.admin-only': () => 'Only an admin may do that.',
  'usage.missing': ({ usage: line }) => `Something is missing. It goes like this: ${line}`,
  'usage.extra': ({ given, usage: line }) => `I don't know what to do with “${given}”. It goes like this: ${line}`,
  'usage.number': ({ given, usage: line }) => `“${given}” is not a number from the list. It goes like this: ${line}`,
  'usage.numbers': ({ given, several, stretch, most, list: all }) =>
    `“${given}” is not a number from the list. It takes numbers and stretches of them, ${number(most)} documents at once: ${several} or ${stretch}. ${all} shows the numbers; \`!forget all\` asks before it forgets them all.`,
  'usage.loan': ({ mark, show, end }) =>
    `${mark} is a lent paper, and this command is for documents of your own; nothing was done. ${show} shows it, ${end} gives it back (or takes it back, if you lend it).`,
  'usage.many': ({ most, usage: line }) => `That is more than ${number(most)} at once. It goes like this: ${line}`,
  'usage.person': ({ given, usage: line }) =>
    `“${given}” is not a full Matrix address such as \`@ada:example.org\`. It goes like this: ${line}`,
  'usage.language': ({ given, usage: line }) =>
    `I don't speak “${given}”; I speak English (\`en\`) and German (\`de\`). It goes like this: ${line}`,
  'usage.choice': ({ given, usage: line }) => `“${given}” does not fit here. It goes like this: ${line}`,
};
