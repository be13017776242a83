import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ExportFacts } from '../facts/export.ts';

const { bytes, count, day, list, moment, number } = FORMATS.de;

/** German: taking everything along. */
export const exporting: Entries<ExportFacts> = {
  'export.begun': () => 'Ich stelle alles zusammen, was ich über dich behalte. `!stopp` bricht ab.',
  'export.password': ({ password }) =>
    [
      `Das Passwort dieses Exports: ${password}`,
      'Schreib es auf und lösche dann diese Nachricht. Ich bewahre es nirgends auf und kann es nicht noch einmal zeigen.',
    ].join('\n\n'),
  'export.progress': ({ nth, parts }) =>
    parts === 1
      ? 'Ich packe deinen Export und schicke ihn. `!stopp` bricht ab.'
      : `Ich packe und schicke Teil ${number(nth)} von ${number(parts)} deines Exports. \`!stopp\` bricht ab.`,
  'export.part': ({ nth, parts }) =>
    parts === 1 ? 'Alles, was ich über dich behalte.' : `Dein Export, Teil ${number(nth)} von ${number(parts)}.`,
  'export.sent': ({ parts }) => `Hier ist dein Export: erst sein Passwort, dann ${count(parts, 'Datei', 'Dateien')}.`,
  'export.done': ({ parts }) =>
    [
      parts === 1
        ? '**Das ist alles, was ich über dich behalte, in einer Datei.**'
        : `**Das ist alles, was ich über dich behalte, in ${number(parts)} Dateien.** Jede lässt sich für sich öffnen.`,
      `${parts === 1 ? 'Sie öffnet sich' : 'Sie öffnen sich'} mit dem Passwort aus der Nachricht weiter oben, in 7-Zip, Keka, The Unarchiver, WinZip oder einem anderen Programm, das AES kennt. \`index.html\` darin ist zum Lesen, die anderen Dateien sind für Programme: Der Admin eines anderen Kinkeepers kann sie einlesen.`,
      'Ich behalte keine Kopie. Sie liegen Ende-zu-Ende-verschlüsselt in unserem Chat, bis du diese Nachrichten löschst.',
    ].join('\n\n'),
  'export.again': ({ at, free }) =>
    `Ich habe dir alles geschickt, als du am ${moment(at)} darum gebeten hast: Schau weiter oben in unserem Chat. Ab ${moment(free)} kannst du einen neuen Export verlangen.`,
  'export.running': ({ at }) =>
    `Ich bin dabei: Der Export, um den du am ${moment(at)} gebeten hast, wird gerade geschickt. \`!stopp\` bricht ab.`,
  'export.stopped': () =>
    'Der Export ist abgebrochen. Die Teile, die du hast, öffnen sich mit ihrem Passwort; für einen ganzen frag noch einmal.',
  'privacy.use': (use) =>
    [
      '**Wie viel, und wann zuletzt benutzt**',
      `- ${bytes(use.bytes)} Text${use.versions === 0 ? '' : `, darunter ${count(use.versions, 'frühere Fassung', 'frühere Fassungen')}`}${use.addedAt === 0 ? '' : `; das letzte Dokument kam am ${moment(use.addedAt)}`}`,
      use.askedAt === 0
        ? '- keine Frage, die ich noch weiß, wurde daraus beantwortet; ältere sind vergessen'
        : `- deine letzte Frage, die ich noch weiß, war am ${moment(use.askedAt)}`,
      `- ${use.vectors.length === 0 ? 'außer den eingebauten Wortvektoren hat kein Modell Vektoren des Textes gemacht' : `Vektoren des Textes von ${list(use.vectors)}`}`,
      use.keys === 0
        ? `- kein API-Schlüssel öffnet einem Programm etwas davon${use.uses === 0 ? '' : `; abgelaufene wurden ${count(use.uses, 'Mal', 'Mal')} benutzt, zuletzt am ${moment(use.usedAt)}`}`
        : `- ${use.keys === 1 ? '1 API-Schlüssel öffnet' : `${number(use.keys)} API-Schlüssel öffnen`} deinen Programmen etwas davon, ${use.uses === 0 ? 'bisher unbenutzt' : `insgesamt ${count(use.uses, 'Mal', 'Mal')} benutzt, zuletzt am ${moment(use.usedAt)}`}; ${use.call} zeigt und sperrt sie`,
      '',
      '**Sicherungen, und alles mitnehmen**',
      use.backupsMade === 0
        ? '- Kinkeeper macht noch keine Sicherungen, also enthält keine etwas davon'
        : `- ${count(use.backupsMade, 'Sicherung', 'Sicherungen')} ${use.backupsMade === 1 ? 'kann' : 'können'} es versiegelt enthalten, ${use.keptUntil === null ? `bis jemand sie dort entfernt, wo sie ${use.backupsMade === 1 ? 'liegt' : 'liegen'}` : `die letzte bis ${day(use.keptUntil)}`}`,
      `- ${use.everything} schickt dir alles`,
    ].join('\n'),
  'page.title': () => 'Was Kinkeeper über dich behält',
  'page.about': () =>
    'Diese Seite enthält die Texte und Angaben deines Exports zum Lesen. Die Dateien daneben enthalten dasselbe und mehr für Programme. Die ursprünglichen Dateien sind nicht dabei, weil sie nie behalten wurden.',
  'page.you': () => 'Du',
  'page.admin': () => 'Admin',
  'page.member': () => 'Mitglied',
  'page.since': () => 'bekannt seit',
  'page.documents': () => 'Dokumente',
  'page.replaced-by': () => 'frühere Fassung, ersetzt durch',
  'page.memory': () => 'Fragen und Antworten, die gemerkt sind',
  'page.room-papers': () => 'Unterlagen, die du Familienräumen gegeben hast',
  'page.room-questions': () => 'Was du in Familienräumen gefragt hast, und die Antworten, die dort gemerkt sind',
  'page.passages-shown': () => '(Stellen gezeigt)',
  'page.marked': () => 'Antworten, die du als schlecht markiert hast',
  'page.settings': () => 'Einstellungen',
  'page.shares': () => 'Geteilte Dokumente',
  'page.audit': () => 'Was das Protokoll über dich sagt',
  'page.files': () =>
    'Welche Nachrichten du und ich wann in welchen Räumen geschickt haben (ohne ihren Wortlaut), steht in messages.json, Warnungen über dich stehen in alerts.json.',
  'page.none': () => 'nichts',
};
