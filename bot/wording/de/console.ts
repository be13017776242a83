import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ConsoleFacts } from '../facts/console.ts';

const { count } = FORMATS.de;

/** German: the console. */
export const terminal: Entries<ConsoleFacts> = {
  'console.hello': ({ person, model }) =>
    `Kinkeeper-Konsole für ${person}. ${model === '' ? 'Kein Sprachmodell ist in Gebrauch: Antworten sind die Stellen selbst.' : `Antworten schreibt ${model}.`}`,
  'console.hint': () =>
    '`add <Pfad>` liest eine Datei, `!hilfe` listet die Befehle auf, `quit` beendet; alles andere ist eine Frage.',
  'console.recovery-code': ({ code }) =>
    `Dieser Datenordner ist neu. Sein Wiederherstellungscode, nur dieses eine Mal gezeigt: **${code}**\nSchreib ihn auf Papier: Er öffnet alles, wenn die Passphrase verloren geht.`,
  'console.add-what': () => 'Welche Datei? So geht es: `add <Pfad>` (Pfade mit Leerzeichen in Anführungszeichen).',
  'console.no-such-file': ({ name }) => `Es gibt keine Datei „${name}“, die ich lesen könnte.`,
  'console.help': () =>
    'In der Konsole außerdem:\n\n- `add <Pfad> …` liest Dateien\n- `quit` beendet (das Ende der Eingabe auch)\n\nAlles andere ist eine Frage.',
  'console.wrong-password': ({ name }) =>
    `Mit diesem Passwort geht **${name}** nicht auf. Versuch es bitte noch einmal: \`!passwort …\`.`,
  'console.locked': ({ name }) =>
    `**${name}** ist mit einem Passwort gesperrt. \`!passwort …\` öffnet es; ich verwende es einmal.`,
  'console.exported': ({ folder, parts, password }) =>
    `**Was ich über dich behalte,** liegt in ${folder}, in ${count(parts, 'Datei', 'Dateien')}. Das Passwort: ${password}\nEs wird nirgends aufbewahrt und nur dieses eine Mal gezeigt. Was in Familienräumen liegt, und welche Nachrichten wir geschickt haben, schickt nur \`!exportiere\` in unserem Chat.`,
  'console.bye': () => 'Tschüss.',
};
