import { FORMATS, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { BackupFacts } from '../facts/backups.ts';

const { bytes, count, duration, list, moment } = FORMATS.en;

/** English: backups. */
export const backups: Entries<BackupFacts> = {
  'backups.none': () =>
    'There is no backup yet. On the server, `backup.recipientsFile` in `kinkeeper.yaml` switches them on, and `kinkeeper backup keys` makes the key that they are sealed to; restart bot and ops then. After that `run backup` makes the first one, and every night another.',
  'backups.head': ({ made, provenAgo }) =>
    provenAgo < 0
      ? `**${count(made, 'backup', 'backups')}**, none of them proven yet: \`run drill\` restores the newest into a scratch place and lets it answer.`
      : `**${count(made, 'backup', 'backups')}.** The newest that is proven was made ${duration(wholeMinutes(provenAgo))} ago.`,
  'backups.only-listed': () =>
    '**No backup that I know to be sound.** Those below are only known from a list: I did not make them, and have not read them back. `run backup` makes one.',
  'backups.only-ahead': () =>
    '**No backup that counts.** Those below say that they come from the future: the clock of the server was ahead, or is behind now. Once it is right, `run backup` makes one.',
  'backups.line': ({ id, at, bytes: size, places, unread, proof }) =>
    `- ${moment(at)} (${bytes(size)}), ${id}: ${list(places.map(placeOf))}${unread.length > 0 ? ` (not known to be whole: ${list(unread.map(placeOf))})` : ''}; ${proof}`,
  'backups.proven': ({ at, from, documents, testQuestions, leftOut }) =>
    `**proven** ${moment(at)}${from === '' || from === 'local' ? '' : ` from ${from}`}: ${count(documents, 'document', 'documents')}, ${count(testQuestions, 'test question', 'test questions')} answered${leftOut > 0 ? `; **not in it: ${count(leftOut, 'thing that is a link or was not there', 'things that are links or were not there')}**` : ''}`,
  'backups.unproven': () => 'not proven yet',
  'backups.listed': () => 'only known from a list, so it does not count',
  'backups.ahead': () =>
    '**from the future**, so it does not count, and where it lies nothing old is removed: if the clock of the server is right, delete its file',
  'backups.unreached': ({ remote, since, reference }) =>
    `**${remote} does not work since ${moment(since)}**: nothing was sent there, and what I say of it is from before (**${reference}** says what to do).`,
  'backups.more-listed': ({ hidden }) =>
    `… and ${count(hidden, 'more that is', 'more that are')} only known from a list.`,
  'backups.more': ({ hidden }) => `… and ${count(hidden, 'older one', 'older ones')}.`,
};

function placeOf(place: string): string {
  return place === 'local' ? 'on the server' : place;
}
