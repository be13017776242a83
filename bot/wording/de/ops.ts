import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { OpsFacts } from '../facts/ops.ts';

const { count, list, moment, number } = FORMATS.de;

/** German: the ops room. */
export const ops: Entries<OpsFacts> = {
  'ops.welcome': () =>
    [
      '**Das ist der Betriebsraum: die Konsole deines Kinkeepers.**',
      '',
      'Hier kommen Warnungen und Berichte an, und Befehle gehen mit und ohne `!`:',
      '- `status` zeigt, wie es allem geht',
      '- `leute` listet auf, wer mit mir reden darf; `people add @name:server` und `people remove @name:server` ändern es',
      '- `warnungen` zeigt, was war',
      '- `hilfe` zeigt den Rest',
      '',
      'Hier siehst du Anzahlen, Größen und Fehler, nie die Worte von jemandem. Für deine eigenen Dokumente öffne einen Direktchat mit mir.',
    ].join('\n'),
  'ops.recovery-key': ({ key }) =>
    [
      '**Mein Wiederherstellungsschlüssel für Matrix.** Mit ihm kann ich nach einer Neuinstallation beweisen, dass ich noch derselbe Bot bin. Ich zeige ihn nur dieses eine Mal und behalte keine lesbare Kopie.',
      '',
      `**${key}**`,
      '',
      'Schreib ihn auf und bewahre ihn getrennt vom Server auf. Wenn du den Wiederherstellungscode bestätigst (wie, steht bei ihm), nehme ich auch diese Nachricht zurück.',
    ].join('\n'),
  'ops.recovery-code': ({ code }) =>
    [
      '**Der Wiederherstellungscode für alles, was gespeichert ist.** Er öffnet die Daten der Familie, wenn die Passphrase verloren geht. Ich zeige ihn nur dieses eine Mal und speichere ihn nirgends; bis du bestätigst, weiß ich nur, wie sich seine letzte Gruppe prüfen lässt.',
      '',
      `**${code}**`,
      '',
      'Schreib ihn auf Papier und bewahre ihn getrennt vom Server auf. **Schick mir dann vom Papier seine letzten fünf Zeichen:** `!schlüssel bestätigen …`. Stimmen sie, nehme ich diese Nachricht und die mit meinem Wiederherstellungsschlüssel zurück. Wer ihn und eine Kopie der Festplatte hat, kann alles lesen.',
    ].join('\n'),
  'ops.no-questions': () =>
    'In diesem Raum nehme ich nur Befehle an; `hilfe` zählt sie auf. Fragen zu deinen Dokumenten gehören in deinen Direktchat mit mir.',
  'ops.no-files': () => 'Aus diesem Raum behalte ich keine Dateien. Schick sie bitte in deinem Direktchat mit mir.',
  'restored.person': ({ madeAt, names, make }) =>
    `Mein Server wurde aus einer Sicherung vom **${moment(madeAt)}** wiederhergestellt. Was du danach geschickt hast, fehlt: Bitte schick es noch einmal. Was ich danach vergessen sollte, kann wieder da sein: Bitte lass es noch einmal vergessen.${names.length === 0 ? '' : ` ${names.length === 1 ? 'Dein API-Schlüssel' : 'Deine API-Schlüssel'} ${list(names.map((key) => `„${key}“`))} ${names.length === 1 ? 'ist' : 'sind'} **abgelaufen**, damit keiner wiederkommt, den du inzwischen gesperrt hattest: ${make} macht einen neuen.`}`,
  'restored.papers': ({ madeAt, papers, alsoForgotten }) =>
    `Wer den Server betreut, hat ${count(papers, 'Dokument', 'Dokumente')} von dir aus der Sicherung vom **${moment(madeAt)}** zurückgeholt${alsoForgotten ? ', auch was du seither hattest vergessen lassen' : ''}: \`!dateien\` zeigt alles, was ich aufbewahre. Du hast das nicht verlangt? \`!vergiss\` entfernt, was du hier nicht willst.`,
  'restored.ops': ({ madeAt, told, people, stores, documents, asked, answered, damaged }) =>
    [
      `**Wiederhergestellt aus der Sicherung vom ${moment(madeAt)}.** Ich bin ein neues Gerät mit meiner alten Identität.`,
      '',
      `- ${count(stores, 'Speicher', 'Speicher')} geöffnet mit ${count(documents, 'Dokument', 'Dokumenten')}${damaged > 0 ? `; **${number(damaged)} nicht lesbar**` : ''}`,
      `- ${number(answered)} von ${count(asked, 'Testfrage', 'Testfragen')} beantwortet${answered < asked ? ': **sieh dir das an, bevor du dieser Wiederherstellung traust**' : ''}`,
      `- ${number(told)} von ${count(people, 'Person', 'Personen')} in ihren Chats benachrichtigt`,
    ].join('\n'),
  'ops.started': ({ version, model }) =>
    `Ich laufe (Version ${version}). ${model === '' ? 'Kein Sprachmodell ist in Gebrauch: Antworten sind die Stellen selbst.' : `Antworten schreibt ${model}.`}`,
};
