import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { PictureFacts } from '../facts/picture.ts';

const { bytes, compact, count, day, number, pace, shortDay, shortMoment } = FORMATS.en;

/** English: pictures. */
export const picture: Entries<PictureFacts> = {
  'picture.title': () => 'Kinkeeper, the last 30 days',
  'picture.range': ({ from, to }) => `${day(from)} – ${day(to)}`,
  'picture.day': ({ at }) => shortDay(at),
  'picture.size': (size) => (size.bytes === 0 ? '0' : bytes(size.bytes)),
  'picture.pace': ({ seconds }) => (seconds === 0 ? '0' : pace(seconds)),
  'picture.count': (counted) => compact(counted.count),
  'picture.kept': () => 'What I keep',
  'picture.disk': () => 'Free space on the disk',
  'picture.disk-now': ({ free, total }) => `${bytes(free)} of ${bytes(total)}`,
  'picture.not-measured': () =>
    'Not measured yet. It is measured every few minutes while the ops process runs: see whether it does.',
  'picture.backups': () => 'Backups',
  'picture.backups-now': ({ at, isProven }) => `newest ${shortMoment(at)}, ${isProven ? 'proven' : 'not proven'}`,
  'picture.backups-none': () =>
    'No backup yet: if the disk dies, everything is lost. Set up the section backup in kinkeeper.yaml; the first backup follows the next night.',
  'picture.backups-old': ({ at }) =>
    `No backup in these 30 days; the newest is of ${day(at)}. See what alerts says, and whether jobs.backup is off.`,
  'picture.proven': () => 'proven by restoring',
  'picture.unproven': () => 'not proven yet',
  'picture.answers': () => 'Time until an answer',
  'picture.answers-now': (answers) => count(answers.count, 'answer', 'answers'),
  'picture.answers-none': () =>
    'No answers in these 30 days. People ask in their direct chat with me; help tells them how.',
  'picture.median': () => 'half of them within',
  'picture.slow': () => '19 of 20 within',
  'picture.logins': () => 'Failed logins',
  'picture.logins-now': (logins) => `${compact(logins.count)} today`,
  'picture.logins-none': () =>
    'Not known. The host helper reads them from the server’s log; once it is set up, they stand here.',
  'picture.alt-kept': ({ bytes: now, earlier, since }) =>
    `I keep ${bytes(now)}${earlier === now ? '' : ` (it was ${bytes(earlier)} on ${day(since)})`}.`,
  'picture.alt-disk': ({ free, total }) => `${bytes(free)} of ${bytes(total)} on the disk are free.`,
  'picture.alt-backups': ({ made, proven, newestOne }) =>
    `${count(made, 'backup', 'backups')}, ${number(proven)} of them proven by restoring; ${newestOne}.`,
  'picture.alt-answers': ({ count: answers, median, slow }) =>
    `${count(answers, 'answer', 'answers')}, half of them within ${pace(median)}, 19 of 20 within ${pace(slow)}.`,
  'picture.alt-logins': ({ most, at }) =>
    `At most ${count(most, 'failed login', 'failed logins')} a day, on ${day(at)}.`,
  'picture.failed': ({ why }) =>
    why === 'drawing'
      ? 'The picture that belongs here could not be drawn; the log says why.'
      : 'The picture that belongs here could not be sent: the homeserver did not take it.',
};
