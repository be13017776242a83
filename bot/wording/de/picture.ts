import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { PictureFacts } from '../facts/picture.ts';

const { bytes, compact, count, day, number, pace, shortDay, shortMoment } = FORMATS.de;

/** German: pictures. */
export const picture: Entries<PictureFacts> = {
  'picture.title': () => 'Kinkeeper, die letzten 30 Tage',
  'picture.range': ({ from, to }) => `${day(from)} – ${day(to)}`,
  'picture.day': ({ at }) => shortDay(at),
  'picture.size': (size) => (size.bytes === 0 ? '0' : bytes(size.bytes)),
  'picture.pace': ({ seconds }) => (seconds === 0 ? '0' : pace(seconds)),
  'picture.count': (counted) => compact(counted.count),
  'picture.kept': () => 'Was ich aufbewahre',
  'picture.disk': () => 'Freier Speicherplatz',
  'picture.disk-now': ({ free, total }) => `${bytes(free)} von ${bytes(total)}`,
  'picture.not-measured': () =>
    'Noch nicht gemessen. Gemessen wird alle paar Minuten, solange der ops-Prozess läuft: Sieh nach, ob er läuft.',
  'picture.backups': () => 'Sicherungen',
  'picture.backups-now': ({ at, isProven }) => `neueste ${shortMoment(at)}, ${isProven ? 'erprobt' : 'unerprobt'}`,
  'picture.backups-none': () =>
    'Noch keine Sicherung: Geht die Festplatte kaputt, ist alles verloren. Richte in kinkeeper.yaml den Abschnitt backup ein; die erste Sicherung folgt in der nächsten Nacht.',
  'picture.backups-old': ({ at }) =>
    `Keine Sicherung in diesen 30 Tagen; die neueste ist vom ${day(at)}. Sieh nach, was warnungen sagt und ob jobs.backup aus ist.`,
  'picture.proven': () => 'durch Einspielen erprobt',
  'picture.unproven': () => 'noch nicht erprobt',
  'picture.answers': () => 'Zeit bis zur Antwort',
  'picture.answers-now': (answers) => count(answers.count, 'Antwort', 'Antworten'),
  'picture.answers-none': () =>
    'Keine Antworten in diesen 30 Tagen. Gefragt wird im Direktchat mit mir; hilfe sagt dort, wie.',
  'picture.median': () => 'die Hälfte binnen',
  'picture.slow': () => '19 von 20 binnen',
  'picture.logins': () => 'Abgewiesene Anmeldungen',
  'picture.logins-now': (logins) => `${compact(logins.count)} heute`,
  'picture.logins-none': () =>
    'Unbekannt. Der Host-Helfer liest sie aus dem Protokoll des Servers; sobald er eingerichtet ist, stehen sie hier.',
  'picture.alt-kept': ({ bytes: now, earlier, since }) =>
    `Ich bewahre ${bytes(now)} auf${earlier === now ? '' : ` (am ${day(since)} waren es ${bytes(earlier)})`}.`,
  'picture.alt-disk': ({ free, total }) => `${bytes(free)} von ${bytes(total)} auf der Festplatte sind frei.`,
  'picture.alt-backups': ({ made, proven, newestOne }) =>
    `${count(made, 'Sicherung', 'Sicherungen')}, davon ${number(proven)} durch Einspielen erprobt; ${newestOne}.`,
  'picture.alt-answers': ({ count: answers, median, slow }) =>
    `${count(answers, 'Antwort', 'Antworten')}, die Hälfte binnen ${pace(median)} und 19 von 20 binnen ${pace(slow)} gegeben.`,
  'picture.alt-logins': ({ most, at }) =>
    `Höchstens ${count(most, 'abgewiesene Anmeldung', 'abgewiesene Anmeldungen')} am Tag, am ${day(at)}.`,
  'picture.failed': ({ why }) =>
    why === 'drawing'
      ? 'Das Bild, das hierher gehört, ließ sich nicht zeichnen; im Protokoll steht, warum.'
      : 'Das Bild, das hierher gehört, ließ sich nicht schicken: Der Homeserver hat es nicht angenommen.',
};
