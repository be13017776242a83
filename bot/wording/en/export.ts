import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ExportFacts } from '../facts/export.ts';

const { bytes, count, day, list, moment, number } = FORMATS.en;

/** English: taking everything along. */
export const exporting: Entries<ExportFacts> = {
  'export.begun': () => 'I am putting together everything that I keep about you. `!stop` ends it.',
  'export.password': ({ password }) =>
    [
      `The password of this export: ${password}`,
      'Write it down, then delete this message. I keep it nowhere and cannot show it again.',
    ].join('\n\n'),
  'export.progress': ({ nth, parts }) =>
    parts === 1
      ? 'I am packing and sending your export. `!stop` ends it.'
      : `I am packing and sending part ${number(nth)} of ${number(parts)} of your export. \`!stop\` ends it.`,
  'export.part': ({ nth, parts }) =>
    parts === 1 ? 'Everything that I keep about you.' : `Your export, part ${number(nth)} of ${number(parts)}.`,
  'export.sent': ({ parts }) => `Here is your export: first its password, then ${count(parts, 'file', 'files')}.`,
  'export.done': ({ parts }) =>
    [
      parts === 1
        ? '**That is everything that I keep about you, in one file.**'
        : `**That is everything that I keep about you, in ${number(parts)} files.** Each opens by itself.`,
      `${parts === 1 ? 'It opens' : 'They open'} with the password in the message above, in 7-Zip, Keka, The Unarchiver, WinZip or another program that knows AES. \`index.html\` inside is for reading, the other files are for programs: the admin of another Kinkeeper can take them in.`,
      'I keep no copy. They lie in our chat, end-to-end encrypted, until you delete these messages.',
    ].join('\n\n'),
  'export.again': ({ at, free }) =>
    `I sent you everything when you asked on ${moment(at)}: look further up in our chat. You can ask for another one from ${moment(free)} on.`,
  'export.running': ({ at }) =>
    `I am at it: the export that you asked for on ${moment(at)} is being sent. \`!stop\` ends it.`,
  'export.stopped': () =>
    'The export was stopped. The parts that you have open with their password; for a whole one, ask again.',
  'privacy.use': (use) =>
    [
      '**How much, and when it was last used**',
      `- ${bytes(use.bytes)} of text${use.versions === 0 ? '' : `, ${count(use.versions, 'earlier version', 'earlier versions')} among it`}${use.addedAt === 0 ? '' : `; the latest document came on ${moment(use.addedAt)}`}`,
      use.askedAt === 0
        ? '- no question that I remember was answered from it; older ones are forgotten'
        : `- your last question that I remember was on ${moment(use.askedAt)}`,
      `- ${use.vectors.length === 0 ? 'beside the built-in ones, no model has made vectors of the text' : `vectors made of the text by ${list(use.vectors)}`}`,
      use.keys === 0
        ? `- no API key opens any of it to a program${use.uses === 0 ? '' : `; those that have ended were used ${count(use.uses, 'time', 'times')}, the last time on ${moment(use.usedAt)}`}`
        : `- ${count(use.keys, 'API key opens', 'API keys open')} some of it to your programs, ${use.uses === 0 ? 'and nothing was done with them so far' : `used ${count(use.uses, 'time', 'times')} in all, the last time on ${moment(use.usedAt)}`}; ${use.call} lists and ends them`,
      '',
      '**Backups, and taking it along**',
      use.backupsMade === 0
        ? '- no backups are made by Kinkeeper yet, so none holds anything'
        : `- ${count(use.backupsMade, 'backup', 'backups')} may hold it, sealed, ${use.keptUntil === null ? `until somebody removes ${use.backupsMade === 1 ? 'it where it lies' : 'them where they lie'}` : `the last one until ${day(use.keptUntil)}`}`,
      `- ${use.everything} sends you all of it`,
    ].join('\n'),
  'page.title': () => 'What Kinkeeper keeps about you',
  'page.about': () =>
    'This page holds the texts and facts of your export, to be read. The files beside it hold the same, and more, for programs. The original files are not here, because they were never kept.',
  'page.you': () => 'You',
  'page.admin': () => 'admin',
  'page.member': () => 'member',
  'page.since': () => 'known since',
  'page.documents': () => 'Documents',
  'page.replaced-by': () => 'earlier version, replaced by',
  'page.memory': () => 'Questions and answers that are remembered',
  'page.room-papers': () => 'Papers that you gave to family rooms',
  'page.room-questions': () => 'What you asked in family rooms, and the answers that are remembered there',
  'page.passages-shown': () => '(passages shown)',
  'page.marked': () => 'Answers that you marked as bad',
  'page.settings': () => 'Settings',
  'page.shares': () => 'Shared documents',
  'page.audit': () => 'What the audit trail says of you',
  'page.files': () =>
    'Which messages you and I sent, in which rooms and when (without their words), is in messages.json, alerts about you are in alerts.json.',
  'page.none': () => 'nothing',
};
