import type { PersonClass } from '../../../core/retention/policy.ts';
import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { RetentionFacts } from '../facts/retention.ts';

const { count, list, number } = FORMATS.de;

const NAMES: Record<PersonClass, string> = {
  chat: 'unsere Fragen und Antworten',
  documents: 'deine Dokumente',
  badAnswers: 'Antworten mit Daumen runter',
};

/** German: how long things are kept. */
export const retention: Entries<RetentionFacts> = {
  'retention.head': () => '**Wie lange ich behalte, was dir gehört**',
  'retention.line': ({ what, days, least, most, chosen, cut, change }) =>
    `- **${NAMES[what]}**: ${age(days)}${cut ? ', so nah an deiner Wahl, wie die Grenzen deines Admins es zulassen' : chosen ? ', wie du es gewählt hast' : ''}. ${least === most ? 'Das bestimmt dein Admin.' : `Wählen kannst du von ${age(least, 'dative')} bis ${most === 0 ? 'für immer' : age(most, 'dative')}: ${change}`}`,
  'retention.house': ({ audit, jobs, alerts, ids }) =>
    `- **was der Server notiert**: wer was getan hat ${age(audit)}, Läufe von Aufgaben ${age(jobs)}, Warnungen ${age(alerts)}, welche Nachrichten erledigt sind ${age(ids)}`,
  'retention.foot': () =>
    'Dokumente nenne ich dir eine Woche, bevor sie nach ihrem Alter gehen. Die Nachrichten unseres Chats liegen auf deinem Homeserver; wie lange, bestimmt sich dort.',
  'retention.unclear': ({ given, examples }) =>
    `An „${given}“ erkenne ich nicht, was ich wie lange behalten soll. Ich rechne in Tagen, Wochen, Monaten und Jahren. Zum Beispiel: ${list(examples.map(String))}.`,
  'retention.admins': () =>
    'Wie lange der Server behält, was er notiert (wer was getan hat, Aufgaben, Warnungen), steht in den Einstellungen des Admins; das wählt niemand für sich. Es wurde nichts geändert. `!aufbewahrung` zeigt, wie lange.',
  'retention.beyond': ({ what, days, side }) =>
    `Für „${NAMES[what]}“ hat dein Admin ${side === 'least' ? 'mindestens' : 'höchstens'} ${age(days)} festgelegt. Es wurde nichts geändert.`,
  'retention.preview': ({ what, days, going, names, more, confirm }) =>
    [
      `**Damit ${going === 1 ? 'verschwände' : 'verschwänden'} endgültig ${counted(what, going)}, älter als ${age(days)}:**`,
      ...(names.length === 0 ? [] : [named(names, more)]),
      `Noch wurde nichts geändert. Wenn du das willst: ${confirm}`,
    ].join('\n'),
  'retention.choice': ({ what, days }) => `${NAMES[what]}: ${age(days)}`,
  'retention.set': ({ what, days, removed }) =>
    `Von jetzt an behalte ich ${NAMES[what]} ${days === 0 ? 'bis auf Weiteres' : `${age(days)} lang`}.${removed === 0 ? '' : ` ${counted(what, removed)}, älter als das, ${removed === 1 ? 'ist' : 'sind'} verschwunden.`}`,
  'retention.soon': ({ days, names, more, change }) =>
    [
      `**In einer Woche vergesse ich ${count(names.length + more, 'Dokument', 'Dokumente')} von dir**, dann älter als ${age(days)}:`,
      named(names, more),
      `Sollen sie bleiben, schick sie noch einmal oder wähle eine längere Zeit: ${change}`,
    ].join('\n'),
  'retention.room': ({ turnDays, days }) =>
    [
      '**Wie lange ich behalte, was diesem Raum gehört**',
      '',
      `- **Fragen und Antworten hier**: ${age(turnDays)}`,
      `- **Dokumente, die ihr dem Raum gegeben habt**: ${age(days)}`,
      '',
      `Das bestimmt euer Admin, für alle Räume gleich, weil es niemand für die anderen entscheiden soll.${days === 0 ? '' : ' Dokumente nenne ich hier eine Woche, bevor sie nach ihrem Alter gehen.'} Wer ein Dokument geschickt hat, kann es mich jederzeit vergessen lassen. Die Nachrichten des Raums liegen auf eurem Homeserver; wie lange, bestimmt sich dort.`,
    ].join('\n'),
  'retention.room-soon': ({ days, names, more }) =>
    [
      `**In einer Woche vergesse ich ${count(names.length + more, 'Dokument', 'Dokumente')} dieses Raums**, dann älter als ${age(days)}:`,
      named(names, more),
      'Sollen sie bleiben, schickt sie hier noch einmal.',
    ].join('\n'),
  'retention.gone': ({ days, names, more }) =>
    `${count(names.length + more, 'Dokument', 'Dokumente')}, älter als ${age(days)}, ${names.length + more === 1 ? 'ist' : 'sind'} verschwunden, wie vor einer Woche gesagt: ${named(names, more)}`,
};

function age(days: number, form: 'plain' | 'dative' = 'plain'): string {
  if (days === 0) return 'bis auf Weiteres';
  const n = form === 'dative' ? 'n' : '';
  return days % 365 === 0 ? count(days / 365, 'Jahr', `Jahre${n}`) : count(days, 'Tag', `Tage${n}`);
}

function counted(what: PersonClass, amount: number): string {
  if (what === 'documents') return count(amount, 'Dokument', 'Dokumente');
  if (what === 'chat') return count(amount, 'Frage mit ihrer Antwort', 'Fragen mit ihren Antworten');
  return count(amount, 'markierte Antwort', 'markierte Antworten');
}

function named(names: readonly string[], more: number): string {
  return more > 0 ? `${names.join(', ')} und ${number(more)} weitere` : list(names);
}
