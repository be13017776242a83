import { FORMATS, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { BackupFacts } from '../facts/backups.ts';

const { bytes, count, duration, list, moment } = FORMATS.de;

/** German: backups. */
export const backups: Entries<BackupFacts> = {
  'backups.none': () =>
    'Es gibt noch keine Sicherung. Auf dem Server schaltet `backup.recipientsFile` in `kinkeeper.yaml` sie ein, und `kinkeeper backup keys` macht den Schlüssel, mit dem sie versiegelt werden; starte dann Bot und ops neu. Danach macht `run backup` die erste, und jede Nacht eine weitere.',
  'backups.head': ({ made, provenAgo }) =>
    provenAgo < 0
      ? `**${count(made, 'Sicherung', 'Sicherungen')}**, noch keine davon erprobt: \`run drill\` stellt die neueste probeweise wieder her und lässt sie antworten.`
      : `**${count(made, 'Sicherung', 'Sicherungen')}.** Die neueste erprobte wurde vor ${duration(wholeMinutes(provenAgo))} gemacht.`,
  'backups.only-listed': () =>
    '**Keine Sicherung, von der ich weiß, dass sie heil ist.** Die hier kenne ich nur aus einer Liste: Ich habe sie nicht gemacht und nicht zurückgelesen. `run backup` macht eine.',
  'backups.only-ahead': () =>
    '**Keine Sicherung, die zählt.** Die hier geben an, aus der Zukunft zu kommen: Die Uhr des Servers ging vor oder geht jetzt nach. Sobald sie stimmt, macht `run backup` eine.',
  'backups.line': ({ id, at, bytes: size, places, unread, proof }) =>
    `- ${moment(at)} (${bytes(size)}), ${id}: ${list(places.map(placeOf))}${unread.length > 0 ? ` (ob heil, weiß ich nicht: ${list(unread.map(placeOf))})` : ''}; ${proof}`,
  'backups.proven': ({ at, from, documents, testQuestions, leftOut }) =>
    `**erprobt** ${moment(at)}${from === '' || from === 'local' ? '' : ` aus ${from}`}: ${count(documents, 'Dokument', 'Dokumente')}, ${count(testQuestions, 'Prüffrage', 'Prüffragen')} beantwortet${leftOut > 0 ? `; **nicht darin: ${count(leftOut, 'Sache, die ein Link ist oder nicht da war', 'Sachen, die Links sind oder nicht da waren')}**` : ''}`,
  'backups.unproven': () => 'noch nicht erprobt',
  'backups.listed': () => 'nur aus einer Liste bekannt, zählt also nicht',
  'backups.ahead': () =>
    '**aus der Zukunft**, zählt also nicht, und wo sie liegt, wird nichts Altes entfernt: Stimmt die Uhr des Servers, lösche ihre Datei',
  'backups.unreached': ({ remote, since, reference }) =>
    `**${remote} geht seit ${moment(since)} nicht**: Dorthin wurde nichts geschickt, und was ich darüber sage, ist von davor (was zu tun ist, sagt **${reference}**).`,
  'backups.more-listed': ({ hidden }) =>
    `… und ${count(hidden, 'weitere, die ich nur aus einer Liste kenne', 'weitere, die ich nur aus einer Liste kenne')}.`,
  'backups.more': ({ hidden }) => `… und ${count(hidden, 'ältere', 'ältere')}.`,
};

function placeOf(place: string): string {
  return place === 'local' ? 'auf dem Server' : place;
}
