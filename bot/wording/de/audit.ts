import type { AuditFacts } from '../facts/audit.ts';
import type { Entries } from '../facts/shape.ts';
import { FORMATS } from '../format.ts';

const { count, list, moment, number } = FORMATS.de;

const OUTCOMES = { done: '', refused: ' – **abgelehnt**', failed: ' – **misslungen**' } as const;

/** German: the audit trail in words. */
export const audit: Entries<AuditFacts> = {
  'audit.none': () =>
    'Über dich ist noch nichts notiert: kein Dokument vergessen, nichts anderes, was eine Zeile hinterlässt.',
  'audit.head': ({ shown }) =>
    shown === 1
      ? '**Was über dich notiert ist**'
      : `**Die letzten ${number(shown)} Dinge, die über dich notiert sind**`,
  'audit.line': ({ at, who, act, what, outcome }) =>
    `- ${moment(at)}: ${who} – ${act}${what === undefined ? '' : `, ${what}`}${OUTCOMES[outcome]}`,
  'audit.you': () => 'du',
  'audit.myself': () => 'ich selbst',
  'audit.documents': ({ numbers }) => `${numbers.length === 1 ? 'Dokument' : 'Dokumente'} ${list(numbers)}`,
  'audit.act': ({ action }) => `„${action}“`,
  'audit.foot': () =>
    'Dort stehen nur Handlungen und Nummern, nie Namen von Dateien oder jemandes Worte. Keine Zeile lässt sich unbemerkt ändern: Jede versiegelt die vor ihr.',
  'audit.whole': ({ rows, first, hash }) =>
    [
      rows === 0
        ? 'Die Protokollkette ist heil: Noch ist nichts notiert.'
        : `Die Protokollkette ist heil: ${count(rows, 'Zeile', 'Zeilen')}${first > 1 ? `, aufbewahrt ab Zeile ${number(first)} (ältere wurden mit einem Prüfpunkt entfernt)` : ''}.`,
      `Siegel der letzten Zeile: \`${hash}\``,
    ].join('\n'),
  'audit.broken': ({ row }) =>
    [
      `**Die Protokollkette passt in Zeile ${number(row)} nicht.** Diese Zeile wurde außerhalb von Kinkeeper geändert, entfernt oder eingefügt; die davor sind heil.`,
      'Finde heraus, wer Zugang zum Server hatte, und vergleiche mit den Siegeln in diesem Raum und in den Verzeichnissen deiner Sicherungen: `kinkeeper audit verify --anchor <Datei>`.',
    ].join('\n'),
  'act.bot.started': () => 'gestartet und den Speicher geöffnet',
  'act.bot.started-sealed': () => 'versiegelt gestartet und auf der Konsole des Servers aufgeschlossen',
  'act.keys.unlock': () => 'Aufschließen auf der Konsole des Servers',
  'act.people.seeded': () => 'jemanden durch die Einstellungsdatei hereingelassen',
  'act.identity.confirmed': () => 'am Server eine geänderte Identität bestätigt',
  'act.settings.changed': () => 'mit anderen Einstellungen gestartet',
  'act.audit.checkpoint': () => 'alte Zeilen der Protokollkette entfernt',
  'act.audit.exported': () => 'die Protokollkette wurde auf der Konsole des Servers ausgegeben',
  'act.retention.applied': () => 'entfernt, was lange genug aufbewahrt war',
};
