import type { KeyFacts } from '../facts/keys.ts';
import type { Entries } from '../facts/shape.ts';
import { FORMATS } from '../format.ts';

const { count, duration, number } = FORMATS.de;

/** German: keys and lockdown. */
export const keys: Entries<KeyFacts> = {
  'keys.list': (list) =>
    [
      `- **Hauptschlüssel** Nummer ${number(list.generation)}, ${age(list.master)}`,
      `- **Passphrase** ${age(list.passphrase)}`,
      `- **Wiederherstellungscode** ${age(list.recovery)}`,
      `- **Eigene Schlüssel der Leute** ${number(list.count)}${list.oldest < 0 ? '' : `: der älteste ${age(list.oldest)}, der neueste ${age(list.newest)}`}${list.undated > 0 ? `; ${number(list.undated)} aus der Zeit, bevor das Alter notiert wurde` : ''}`,
      ...(list.waiting > 0 ? [`- **Zu wechseln** ${number(list.waiting)}`] : []),
      '',
      'Passphrase, Wiederherstellungscode und Hauptschlüssel werden nur an der Konsole des Servers geändert: `kinkeeper keys --help`.',
    ].join('\n'),
  'keys.rotate-ask': ({ keys: all, call }) =>
    `Das macht ${count(all, 'neuen Schlüssel', 'neue Schlüssel')} für die Dokumente der Leute, schreibt ihre Dateien neben der laufenden Arbeit neu und zerstört die alten Schlüssel: Kopien der alten Dateien lassen sich dann nicht mehr öffnen. Sicherungen behalten ihre eigenen Schlüssel. Wenn du das willst: ${call}`,
  'keys.rotate-begun': ({ keys: all }) =>
    `Ich wechsle jetzt ${count(all, 'Schlüssel', 'Schlüssel')}. Alle können weitermachen; ich sage hier, wenn es fertig ist.`,
  'lockdown.begun': () =>
    [
      '**Gesperrt.** Die Schlüssel zu allen Dokumenten verlassen jetzt meinen Speicher; ich lese und beantworte nichts. Was die Leute schicken, wird aufgehoben und später bearbeitet.',
      '',
      'Nur `kinkeeper unlock` an der Konsole des Servers hebt das auf, auch nach einem Neustart.',
    ].join('\n'),
  'lockdown.notice': () =>
    'Ein Admin hat mich gerade gesperrt, ich komme nicht an deine Dokumente. Deine Nachricht ist aufgehoben; ich bearbeite sie, sobald ich entsperrt bin. Du musst sie nicht noch einmal schicken.',
};

function age(milliseconds: number): string {
  return milliseconds < 0 ? 'aus der Zeit, bevor das Alter notiert wurde' : `${duration(milliseconds)} alt`;
}
