import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { SharingFacts } from '../facts/sharing.ts';
import { countParts, kindName } from './kinds.ts';

const { count, day, list } = FORMATS.de;

/** German: lent documents and family rooms. */
export const sharing: Entries<SharingFacts> = {
  'share.lent': ({ name, person, until, end, isTold }) =>
    [
      `**${name}** ist an ${person} verliehen${untilDay(until)}: zum Lesen und zum Fragen, sonst nichts; deine Notizen gehören nicht dazu. ${end} nimmt es sofort zurück.`,
      isTold
        ? ''
        : 'Einen direkten Chat mit mir gibt es dort noch nicht, deshalb konnte ich nichts ausrichten; `!verliehen` zeigt es.',
    ]
      .join('\n')
      .trim(),
  'share.received': ({ name, person, until, end }) =>
    `${person} leiht dir **${name}**${untilDay(until)}. Du kannst mich hier danach fragen; in der Antwort steht, wem es gehört. Willst du es nicht haben, gibt ${end} es zurück.`,
  'share.none': () =>
    'Es ist nichts verliehen, weder von dir noch an dich. `!verleihe 3 an @name:server` verleiht Dokument 3.',
  'share.head-lent': () => '**Du verleihst:**',
  'share.head-received': () => '**An dich verliehen:**',
  'share.damaged': () => 'ein Dokument, das hier beschädigt ist',
  'share.line-lent': ({ mark, name, document, person, until }) =>
    `- **${mark}** ${name} (Dokument ${document}) an ${person}${untilDay(until)}`,
  'share.line-received': ({ mark, name, kind, pages, person, until }) =>
    `- **${mark}** ${name} (${kindName(kind)}${pages > 1 ? `, ${countParts(kind, pages)}` : ''}), von ${person}${untilDay(until)}`,
  'share.foot': ({ show, end }) => `${show} zeigt eins, ${end} beendet es, gleich wer es verleiht.`,
  'share.shown': ({ side, name, mark, person, until }) =>
    side === 'reader'
      ? `**${name}** ist ${mark} und dir von ${person} geliehen${untilDay(until)}: zum Lesen und zum Fragen.`
      : `Das ist ${mark}, die Kopie von **${name}**, die du an ${person} verleihst${untilDay(until)}.`,
  'share.whose': ({ mark, side, person }) =>
    `${mark}, ${side === 'reader' ? 'geliehen von' : 'verliehen an'} ${person}`,
  'share.ended': ({ name, readers }) =>
    `Zurückgenommen: ${list(readers)} kann nach **${name}** nicht mehr fragen. Die Kopie und ihr Schlüssel sind vernichtet. Was vorher in Chats gesagt wurde, bleibt dort stehen.`,
  'share.taken-back': ({ name, person }) =>
    `**${name}**, geliehen von ${person}, ist für dich nicht mehr da: Die Leihe ist zu Ende und die Kopie vernichtet.`,
  'share.ended-too': ({ readers }) =>
    `Damit ist auch die Leihe an ${list(readers)} zu Ende: Die Kopie und ihr Schlüssel sind vernichtet. Wer einen Chat mit mir hat, hat davon erfahren.`,
  'share.declined': ({ name, person }) => `Zurückgegeben: **${name}** von ${person} ist für dich nicht mehr da.`,
  'share.given-back': ({ name, person }) =>
    `${person} hat **${name}** zurückgegeben; es ist nicht mehr verliehen, und die Kopie ist vernichtet.`,
  'share.text': ({ name, person }) => `Das ist der Text von **${name}**, verliehen von ${person}.`,
  'share.not-lent': ({ number }) =>
    `Dokument ${number} ist an niemanden verliehen. \`!verliehen\` listet auf, was es ist.`,
  'family.welcome': ({ joiner }) =>
    [
      joiner === ''
        ? '**Hallo! Das ist ein Familienraum.** Ich lese die Dateien, die hier geschickt werden, und alle hier können danach fragen.'
        : `**${joiner} ist jetzt hier, deshalb ist das von nun an ein Familienraum.** Deine eigenen Dokumente erscheinen hier nie: Ich verwende nur, was von jetzt an hier geschickt wird.`,
      'Um mich zu fragen, erwähne mich, antworte mir oder ende mit „?“. Endet etwas nur mit „?“ und ich finde nichts, sage ich nichts, um euch nicht dazwischenzureden. Für deine eigenen Papiere öffne einen direkten Chat nur mit mir. `!hilfe` zeigt, was ich hier verstehe.',
    ].join('\n'),
  'family.stranger': ({ person }) =>
    `**${person} ist hier und mir unbekannt,** deshalb lese und beantworte ich in diesem Raum nichts. Es geht weiter, wenn ${person} geht oder ein Admin ${person} aufnimmt.`,
  'family.again': () => 'Alle hier sind mir wieder bekannt, also lese und antworte ich wie vorher.',
  'family.alone': () =>
    'Jetzt sind nur noch wir zwei hier, aber das bleibt ein Familienraum: Ich antworte aus dem, was hier geschickt wurde. Für deine eigenen Dokumente öffne einen direkten Chat mit mir.',
  'family.files-none': () => 'In diesen Raum wurde noch kein Dokument geschickt.',
  'family.files-head': ({ documents, passages }) =>
    `**${count(documents, 'Dokument', 'Dokumente')} in diesem Raum** mit ${count(passages, 'Abschnitt', 'Abschnitten')}:`,
  'family.empty': () =>
    'In diesen Raum wurde noch kein Dokument geschickt. Schickt eins, dann können alle hier danach fragen.',
  'help.family': () =>
    '**Schickt eine Datei in diesen Raum oder fragt mich nach denen, die hier sind** (erwähnt mich, antwortet mir oder endet mit „?“). Außerdem verstehe ich:',
  'command.elsewhere-family': () =>
    'Diesen Befehl gibt es in einem Familienraum nicht. Nimm dafür deinen direkten Chat mit mir.',
  'family.not-yours': ({ name }) =>
    `**${name}** hat jemand anderes geschickt; solange die Person in diesem Raum ist, kann nur sie es hier vergessen lassen.`,
};

function untilDay(until: number | null): string {
  return until === null ? '' : `, bis ${day(until - 1)}`;
}
