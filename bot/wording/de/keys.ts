import { FORMATS, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { KeyFacts } from '../facts/keys.ts';

const { count, duration, list, moment, number } = FORMATS.de;

/** German: keys and lockdown. */
export const keys: Entries<KeyFacts> = {
  'keys.list': (all) =>
    [
      `- **Hauptschlüssel** Nummer ${number(all.generation)}, ${age(all.master)}`,
      `- **Passphrase** ${age(all.passphrase)}`,
      `- **Wiederherstellungscode** ${age(all.recovery)}`,
      `- **Schlüssel der Dokumente** ${number(all.count)}${kinds(all.kinds)}${all.oldest < 0 ? '' : `: der älteste ${age(all.oldest)}, der neueste ${age(all.newest)}`}${all.undated > 0 ? `; ${number(all.undated)} aus der Zeit, bevor das Alter notiert wurde` : ''}`,
      ...(all.waiting > 0 ? [`- **Zu wechseln** ${number(all.waiting)}`] : []),
      '',
      'Passphrase, Wiederherstellungscode und Hauptschlüssel werden nur an der Konsole des Servers geändert: `kinkeeper keys --help`.',
    ].join('\n'),
  'keys.rotate-ask': ({ keys: all, call }) =>
    `Das macht ${count(all, 'neuen Schlüssel', 'neue Schlüssel')} für die Dokumente der Leute und Räume und für Verliehenes, schreibt ihre Dateien neben der laufenden Arbeit neu und zerstört die alten Schlüssel: Kopien der alten Dateien lassen sich dann nicht mehr öffnen. Sicherungen behalten ihre eigenen Schlüssel. Wenn du das willst: ${call}`,
  'keys.rotate-one': ({ given }) =>
    `Hier wechsle ich alle Schlüssel oder keinen und habe mit „${given}“ nichts getan. Den Schlüssel einer Person wechselt die Konsole des Servers: \`kinkeeper keys rotate @name:server\`.`,
  'keys.rotate-begun': ({ keys: all }) =>
    `Ich wechsle jetzt ${count(all, 'Schlüssel', 'Schlüssel')}. Alle können weitermachen; ich sage hier, wenn es fertig ist.`,
  'keys.confirmed': ({ checked, takenBack, standing }) =>
    [
      checked
        ? '**Richtig: So endet der Wiederherstellungscode.** Bewahre das Papier getrennt vom Server auf.'
        : 'Der Wiederherstellungscode in meiner Nachricht gilt nicht mehr: An der Konsole des Servers wurde ein anderer gemacht und dort geprüft.',
      `Ich habe ${count(takenBack, 'Nachricht', 'Nachrichten')} mit einem Geheimnis zurückgenommen.`,
      ...(standing > 0
        ? [
            `Bei ${count(standing, 'Nachricht', 'Nachrichten')} hat der Server mich nicht gelassen; bitte entferne, was noch da ist.`,
          ]
        : []),
    ].join(' '),
  'keys.confirm-none': () =>
    'Es gibt nichts zu bestätigen: Keine Nachricht von mir mit einem Wiederherstellungscode wartet darauf. Einen neuen Code macht die Konsole des Servers: `kinkeeper keys recovery-code`.',
  'lockdown.begun': () =>
    [
      '**Gesperrt.** Die Schlüssel zu allen Dokumenten verlassen jetzt meinen Speicher; ich lese und beantworte nichts. Was die Leute schicken, wird aufgehoben und später bearbeitet.',
      '',
      'Nur `kinkeeper unlock` an der Konsole des Servers hebt das auf, auch nach einem Neustart.',
    ].join('\n'),
  'lockdown.ops': ({ since }) =>
    `**Ich bin gesperrt** (seit ${moment(since)}) und kann nichts nachsehen. Dein Befehl ist aufgehoben; ich beantworte ihn nach \`kinkeeper unlock\` an der Konsole des Servers.`,
  'lockdown.over': () => '**Entsperrt.** Ich lese und antworte wieder und bearbeite, was inzwischen kam.',
  'lockdown.notice': () =>
    'Ein Admin hat mich gerade gesperrt, ich komme nicht an deine Dokumente. Deine Nachricht ist aufgehoben; ich bearbeite sie, sobald ich entsperrt bin. Du musst sie nicht noch einmal schicken.',
};

function age(milliseconds: number): string {
  return milliseconds < 0
    ? 'aus der Zeit, bevor das Alter notiert wurde'
    : `${duration(wholeMinutes(milliseconds))} alt`;
}

/** Said where there are other keys than people's own. */
function kinds({ person, room, shelf }: KeyFacts['keys.list']['kinds']): string {
  if (room + shelf === 0) return '';
  const parts = [
    count(person, 'Person', 'Personen'),
    ...(room > 0 ? [count(room, 'Familienraum', 'Familienräume')] : []),
    ...(shelf > 0 ? [count(shelf, 'verliehenes Dokument', 'verliehene Dokumente')] : []),
  ];
  return ` (${list(parts)})`;
}
