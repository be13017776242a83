import type { Language } from '../../../core/caller.ts';
import type { EraseCounts } from '../../../core/erase/erasure.ts';
import type { Remains } from '../../../core/erase/receipt.ts';
import { FORMATS, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { AdminFacts, EmbeddingState, ModelInUse, PrivacyFacts, ReplyFacts } from '../facts/commands.ts';
import { countParts, kindName, unitName } from './kinds.ts';

const { bytes, count, day, duration, list, moment, number } = FORMATS.de;

const MEANWHILE = {
  none: '',
  earlier: '; bis alle es sind, findet das frühere Modell',
  words: '; bis alle es sind, finden Wörter und eingebaute Vektoren, denn das frühere Modell läuft hier nicht mehr',
};

const EMBEDDING_STATES: Record<Exclude<EmbeddingState, 'ready'>, string> = {
  downloading: 'wird gerade geladen',
  failing: 'ließ sich noch nicht laden, es wird weiter versucht (siehe Log)',
  refused: 'des Hubs ist nicht das bekannte und wurde verworfen',
  changed: 'wurde auf der Platte verändert und wird nicht benutzt: bitte seinen Ordner entfernen',
  missing: 'liegt nicht im Modellordner',
};

/** What begins so soon begins now. */
const A_MINUTE_MS = 60_000;

const REMAINS: Record<Remains, string> = {
  audit: 'das Verzeichnis, wer was getan hat, bleibt seine Zeit lang, ohne deinen Namen',
  'audit-named': 'das Verzeichnis, wer was getan hat, bleibt seine Zeit lang, mit deinem Namen; `!protokoll` zeigt es',
  settings: 'deine Einstellungen bleiben, wie sie sind',
  'in-rooms': 'was du in Familienräumen gefragt und ihnen gegeben hast, bleibt dort',
  'own-messages': 'deine eigenen Nachrichten und Dateien liegen auf dem Homeserver, bis du sie löschst',
  'bot-messages': 'was ich geschrieben habe, bleibt verschlüsselt im Chat: nur für deine Augen',
  'bot-media':
    'Dateien, die ich dir geschickt habe, bleiben verschlüsselt auf dem Homeserver; nur du hast ihre Schlüssel',
  'chat-address': 'die Adresse dieses Chats, die diese Nachricht braucht, geht gleich danach',
  'shared-rooms': 'dass du mit anderen und mir in einem Raum bist, bleibt bei dem Raum, bis du ihn verlässt',
  'room-papers': 'was du Familienräumen gegeben hast, bleibt dort für die anderen, ohne deinen Namen daran',
  'unread-rooms':
    'die Datei eines Familienraums ist beschädigt und ließ sich nicht durchsehen; was du dort gegeben oder gefragt hast, kann noch darin sein',
  'room-answers':
    'was ich dir in Räumen mit anderen geantwortet habe, ist gelöscht, soweit ich noch davon weiß; ältere Antworten bleiben dort',
  'others-chats': 'was ich anderen über Geliehenes zwischen euch gesagt habe, bleibt samt Zitaten in ihren Chats',
  'ops-messages':
    'was ich den Admins über dich als Mitglied geschrieben habe, bleibt mit deiner Adresse in ihrem Betriebsraum',
};

const COUNTED: Record<string, readonly [string, string]> = {
  documents: ['Dokument', 'Dokumente'],
  passages: ['Abschnitt', 'Abschnitte'],
  vectors: ['Vektor', 'Vektoren'],
  turns: ['Frage samt Antwort', 'Fragen samt Antworten'],
  badAnswers: ['markierte Antwort', 'markierte Antworten'],
  shares: ['Leihgabe', 'Leihgaben'],
  lockedFiles: ['gesperrte Datei, die wartet', 'gesperrte Dateien, die warten'],
  queuedMessages: ['Nachricht auf dem Weg', 'Nachrichten auf dem Weg'],
  uploads: ['Datei, die ich dir geschickt habe', 'Dateien, die ich dir geschickt habe'],
};

/** What there is, by name; what there is none of is left out. */
function countList(counts: EraseCounts): string {
  const parts = Object.entries(COUNTED).flatMap(([name, [one, many]]) =>
    (counts[name] ?? 0) > 0 ? [count(counts[name]!, one, many)] : [],
  );
  return parts.length === 0 ? 'keine Unterlagen' : list(parts);
}

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: 'Englisch', de: 'Deutsch' };

/** German: what the commands answer in a person's chat. */
export const replies: Entries<ReplyFacts> = {
  'help.direct': () =>
    '**Schick mir eine Datei oder frag mich etwas mit deinen eigenen Worten.** Außerdem verstehe ich:',
  'help.ops': () => '**In diesem Raum verstehe ich** (mit oder ohne `!`):',
  'help.line': ({ usage: line, summary }) => `- ${line} ${summary}`,
  'help.more': ({ usage: line }) => `${line} zeigt mehr zu einem Befehl.`,
  'help.examples': ({ examples }) => `Zum Beispiel: ${examples.join(', ')}`,
  'help.jobs': ({ jobNames }) => `Die Aufgaben: ${list(jobNames.map(String))}`,
  'help.api-key-terms': () =>
    [
      'Was ein Schlüssel darf: `hochladen` (Dokumente schicken), `lesen` (sie auflisten), `fragen`, `exportieren`, `löschen` oder `alles` davon. `--upload-only` oder `nur hochladen`: Dokumente schicken und sonst nichts, für einen Scanner. Ohne Angabe: hochladen, lesen und fragen.',
      'Wie lange: `für 90 Tage`, `für 8 Wochen`, `für 6 Monate`, höchstens `für 5 Jahre`. Ohne Angabe: ein Jahr.',
    ].join('\n'),
  'help.below': () => 'Außerdem:',
  'help.also': ({ names }) => `Auch: ${names.join(', ')}`,
  'files.none': () => 'Ich kenne noch keine Dokumente von dir. Schick mir eins und ich lese es.',
  'files.head': ({ documents, passages }) =>
    `**Ich kenne ${count(documents, 'Dokument', 'Dokumente')} von dir** mit ${count(passages, 'Abschnitt', 'Abschnitten')}:`,
  'files.line': (file) =>
    `- **${file.number}** ${file.name} (${kindName(file.kind)}, ${file.pages > 1 ? `${countParts(file.kind, file.pages)}, ` : ''}${bytes(file.bytes)}, ${file.isTwin ? moment(file.addedAt) : day(file.addedAt)})${file.note === '' ? '' : `: ${file.note}`}${file.begins === '' ? '' : `, beginnt mit „${file.begins}“`}${file.replacedBy > 0 ? `, ersetzt durch ${file.replacedBy}` : ''}${file.lentTo.length > 0 ? `, verliehen an ${list(file.lentTo)}` : ''}`,
  'files.head-some': ({ found, documents }) =>
    `**${number(found)} von ${count(documents, 'Dokument', 'Dokumenten')}:**`,
  'files.in-text': ({ word, named }) =>
    named > 0
      ? `**„${word}“ steht auch im Text von diesen:**`
      : `Kein Dokument von dir hat „${word}“ im Namen oder in der Notiz. **Im Text steht es hier:**`,
  'files.no-match': ({ word }) =>
    `Kein Dokument von dir hat „${word}“ im Namen, in der Notiz oder im Text. \`!dateien\` listet alle auf. Oder frag mich in einem Satz: Ich finde auch anders Formuliertes.`,
  'files.more-some': ({ page, pages }) =>
    `Seite ${number(page)} von ${number(pages)}; häng die Nummer der nächsten Seite an die Wörter an.`,
  'files.more': ({ page, pages, next }) => `Seite ${number(page)} von ${number(pages)}; ${next} zeigt die nächste.`,
  exported: ({ name, number: own, passages }) =>
    `Das ist der ganze Text, den ich von **${name}** behalte (Dokument ${own}, ${count(passages, 'Abschnitt', 'Abschnitte')}).`,
  'files.foot': ({ forget, show }) =>
    `${show} mit einer Nummer zeigt, was ich davon behalte, ${forget} entfernt ein Dokument endgültig.`,
  'show.head': ({ name, number: own }) => `**${name}** ist Dokument ${own}.`,
  'show.size': ({ kind, bytes: size, pages, passages }) =>
    `- ${kindName(kind)}, ${bytes(size)}, ${pages > 1 ? `${countParts(kind, pages)}, ` : ''}${count(passages, 'Abschnitt', 'Abschnitte')}; die Datei selbst behalte ich nicht`,
  'show.languages': ({ languages }) =>
    languages.length === 0 ? '- die Sprache habe ich nicht erkannt' : `- Sprache: ${list(languages)}`,
  'show.dates': ({ addedAt, times }) =>
    `- geschickt am ${moment(addedAt)}${times > 1 ? `, danach noch ${times === 2 ? 'einmal' : `${number(times - 1)}-mal`}` : ''}`,
  'show.note': ({ note }) => `- deine Notiz: ${note}`,
  'show.replaced': ({ replacedBy, replacedAt, number: own }) =>
    `- am ${day(replacedAt)} durch Dokument ${replacedBy} ersetzt, deshalb nicht mehr für Antworten verwendet; \`!behalte ${own}\` ändert das`,
  'show.version': ({ number: old, addedAt, replacedAt }) =>
    `- seit ${day(replacedAt)} an der Stelle von Dokument ${old} vom ${day(addedAt)}`,
  'show.depth': ({ embedded, passages }) =>
    embedded < 0
      ? '- zu finden über seine Wörter und die eingebauten Vektoren'
      : embedded >= passages
        ? '- volle Tiefe: Auch anders Formuliertes finde ich darin'
        : `- über seine Wörter schon zu finden; ${number(embedded)} von ${count(passages, 'Abschnitt', 'Abschnitten')} auch über ihren Sinn, der Rest folgt`,
  'show.first': ({ text }) => `Es beginnt so: „${text}“`,
  'show.more': ({ firstPart, whole, unit, parts, last, names, more }) => {
    const all = `${whole} schickt den ganzen Text.`;
    if (parts < 2) return all;
    const which =
      names.length === 0
        ? unit === 'part'
          ? ` (es sind ${number(parts)})`
          : ` (die letzte ist ${unitName(unit)} ${last})`
        : `: ${numbered(names)}${more > 0 ? ` und ${number(more)} weitere` : ''}`;
    return `${firstPart} zeigt ${unitName(unit)} 1 davon${which}${names.length === 0 ? ', ' : '. '}${all}`;
  },
  'show.whose': ({ number: own }) => `Dokument ${own}`,
  'show.page': ({ name, whose, unit, page }) => `**${name}** (${whose}), ${unitName(unit)} „${page}“:`,
  'show.cut': ({ whole }) => `Hier geht es noch weiter; ${whole} schickt alles.`,
  'keep.done': ({ name, number: own }) =>
    `**${name}** (Dokument ${own}) verwende ich wieder für Antworten, neben der neueren Fassung.`,
  'keep.current': ({ name, number: own }) => `**${name}** (Dokument ${own}) ist schon in Verwendung.`,
  whoami: (who) =>
    [
      `Du bist ${who.person}, seit ${day(who.addedAt)} ${who.role === 'admin' ? 'Admin' : 'Mitglied'} dieses Haushalts.`,
      `Ich kenne ${count(who.documents, 'Dokument', 'Dokumente')} von dir und rede Deutsch mit dir (${who.change} ändert das).`,
    ].join('\n'),
  'erase.all-preview': ({ counts, confirm }) =>
    `**Das vergisst endgültig alle deine Dokumente.** Da sind: ${countList(counts)}. Es bleiben deine Einstellungen, die Nachrichten in unserem Chat, was du in Familienräumen gefragt und ihnen gegeben hast, und das Verzeichnis, wer was getan hat.\nSchick dafür innerhalb von zehn Minuten ${confirm}. Niemand kann sie zurückholen.`,
  'erase.all-begun': () => 'Ich vergesse alle deine Dokumente. Wenn es fertig ist, bekommst du eine Quittung.',
  'erase.me-preview': ({ counts, wait, confirm }) =>
    [
      `**Das löscht endgültig alles über dich.** Da sind: ${countList(counts)}; außerdem deine Einstellungen, dein Schlüssel, was ich in unserem Chat geschrieben habe (außer Quittungen), soweit der Homeserver mich lässt, und dass ich dich kenne.`,
      ...((counts.roomTurns ?? 0) > 0
        ? [`${count(counts.roomTurns!, 'Frage', 'Fragen')} davon hast du in Familienräumen gestellt.`]
        : []),
      ...((counts.roomPapers ?? 0) > 0 ? [roomPapers(counts.roomPapers!, counts.papersAway ?? 0)] : []),
      ...((counts.unreadRooms ?? 0) > 0
        ? [
            `${counts.unreadRooms === 1 ? 'Die Datei eines Familienraums ist' : 'Die Dateien einiger Familienräume sind'} beschädigt; ich kann nicht sehen, was von dir darin liegt.`,
          ]
        : []),
      wait === 0 ? 'Es beginnt sofort.' : `Es beginnt nach ${duration(wait)}; bis dahin kannst du es zurücknehmen.`,
      `Schick dafür innerhalb von zehn Minuten ${confirm}.`,
    ].join('\n'),
  'erase.me-planned': ({ at, now, stop }) =>
    at - now < A_MINUTE_MS
      ? 'Ich lösche alles über dich. Das Letzte, was du von mir hörst, ist eine Quittung.'
      : `Am ${moment(at)} lösche ich alles über dich. Bis dahin geht alles wie bisher, und ${stop} nimmt es zurück. Das Letzte, was du von mir hörst, ist eine Quittung.`,
  'erase.open': ({ at, stop }) => `Das ist für den ${moment(at)} vorgesehen. ${stop} nimmt es zurück.`,
  'erase.none': () => 'Es ist nichts vorgesehen, das man zurücknehmen könnte.',
  'erase.stopped': () => 'Zurückgenommen: Alles bleibt, wie es ist.',
  'erase.too-late': () => 'Es hat schon begonnen und lässt sich nicht mehr zurücknehmen.',
  'erase.removed': ({ at, now, mayExport }) =>
    at - now < A_MINUTE_MS
      ? 'Ein Admin hat dich aus diesem Haushalt genommen. Ich antworte dir nicht mehr und lösche jetzt alles über dich.'
      : `Ein Admin hat dich aus diesem Haushalt genommen, deshalb antworte ich dir nicht mehr. Was ich von dir habe, ist versiegelt; niemand kann es lesen. Am ${moment(at)} lösche ich es, wenn man dich vorher nicht wieder hereinlässt.${mayExport ? ' Hier kommt alles, was ich über dich behalte, zum Mitnehmen; bis dahin schickt `!exportiere` es noch einmal.' : ''}`,
  'erase.frozen': ({ at, now, mayExport }) =>
    at - now < A_MINUTE_MS
      ? 'Ich lösche gerade alles über dich, deshalb antworte ich dir nicht mehr.'
      : `Ein Admin hat dich aus diesem Haushalt genommen: Was ich von dir habe, ist versiegelt, und am ${moment(at)} lösche ich es, wenn man dich vorher nicht wieder hereinlässt${mayExport ? '; bis dahin schickt dir `!exportiere` alles davon' : ''}.`,
  'erase.receipt': ({ kind, erasedAt, before, remains, backups, text }) =>
    [
      kind === 'person'
        ? '**Alles über dich ist gelöscht.** Das ist die Quittung und meine letzte Nachricht: Ich verlasse jetzt diesen Chat.'
        : '**Alle deine Dokumente sind gelöscht.** Das ist die Quittung.',
      `- weg: ${countList(before)}${kind === 'person' ? '; deine Einstellungen und dein Schlüssel' : ''}`,
      `- geprüft am ${moment(erasedAt)} durch Lesen der Speicher selbst: Es ist nichts mehr davon da`,
      ...remains.map((one) => `- ${REMAINS[one]}`),
      ...(backups.length === 0
        ? ['- keine Sicherung enthält noch etwas davon']
        : backups.map(
            ({ name, keptUntil }) =>
              `- die Sicherung ${name} kann es noch enthalten, versiegelt, bis ${keptUntil === null ? 'jemand sie dort entfernt, wo sie liegt' : day(keptUntil)}`,
          )),
      '',
      'Heb das auf, wenn du magst; `kinkeeper receipt verify` sagt, ob es echt ist:',
      '```',
      text.source,
      '```',
    ].join('\n'),
  'forgotten.chat': ({ turns, elsewhere, again }) =>
    [
      turns === 0
        ? `Ich weiß nichts mehr von unserem Gespräch${elsewhere === 0 ? '' : ' in diesem Chat'}.`
        : `Vergessen: ${count(turns, 'Frage samt Antwort', 'Fragen samt Antworten')}. Deine Unterlagen sind noch da.`,
      ...(elsewhere === 0
        ? []
        : [
            `${count(elsewhere, 'Frage, die du in Familienräumen gestellt hast, ist', 'Fragen, die du in Familienräumen gestellt hast, sind')} dort noch gemerkt; ${again}, im Raum geschickt, vergisst deine.`,
          ]),
    ].join(' '),
  'forgotten.room-chat': ({ turns }) =>
    turns === 0
      ? 'In diesem Raum weiß ich keine Frage von dir.'
      : `Vergessen: ${count(turns, 'deiner Fragen in diesem Raum samt Antwort', 'deiner Fragen in diesem Raum samt Antworten')}. Was andere gefragt haben, bleibt.`,
  stopped: ({ running, waiting, exports }) =>
    running + waiting === 0 && exports > 0
      ? 'Dein Export wird abgebrochen.'
      : running + waiting === 0
        ? 'Es gibt nichts abzubrechen: Ich beantworte gerade nichts von dir.'
        : waiting === 0
          ? 'Abgebrochen. Das Sprachmodell soll aufhören.'
          : running === 0
            ? `Abgebrochen: ${count(waiting, 'Frage, die noch wartete', 'Fragen, die noch warteten')}.`
            : `Abgebrochen: ${count(running + waiting, 'Frage', 'Fragen')}, davon ${waiting === 1 ? 'wartete' : 'warteten'} ${number(waiting)} noch.`,
  'feedback.none': ({ isRoom }) =>
    `${isRoom ? 'Hier ist keine Antwort markiert' : 'Du hast keine Antwort markiert'}. Reagiere dazu auf eine Antwort von mir mit 👎.`,
  'feedback.head': ({ isRoom, cases }) =>
    `**${count(cases, 'Antwort', 'Antworten')}, die ${isRoom ? (cases === 1 ? 'hier als schlecht markiert ist' : 'hier als schlecht markiert sind') : 'du als schlecht markiert hast'}:**`,
  'feedback.line': ({ question, answer, names, model, at }) =>
    `- ${day(at)}: „${question}“ ${answer === '' ? '(Stellen gezeigt)' : `„${answer}“`}${names.length === 0 ? '' : `, aus ${names.join(', ')}`}${model === '' ? '' : `, von ${model}`}`,
  'feedback.foot': ({ isRoom, clear }) =>
    isRoom
      ? 'Sie sind mit den Unterlagen dieses Raums versiegelt, und niemand sonst sieht sie. Wer eine markiert hat, nimmt sie mit der Reaktion zurück.'
      : `Sie sind mit deinen Unterlagen versiegelt, und niemand sonst sieht sie. ${clear} vergisst sie.`,
  'feedback.cleared': ({ cases }) =>
    cases === 0
      ? 'Es gab nichts zu vergessen.'
      : `Vergessen: ${count(cases, 'markierte Antwort', 'markierte Antworten')}.`,
  privacy: (facts) =>
    [
      '**Was ich über dich behalte**',
      `- den Text von ${count(facts.documents, 'Dokument', 'Dokumenten')}, zerlegt in ${count(facts.passages, 'Abschnitt', 'Abschnitte')}, mit Namen, deinen Notizen, Größen, Datum und einem Fingerabdruck, an dem ich dieselbe Datei erkenne; nie die Dateien selbst`,
      '- auch frühere Fassungen eines Dokuments, bis du sie vergessen lässt; für Antworten verwende ich sie nicht',
      `- ${facts.turns === 0 ? 'im Moment keine unserer Fragen und Antworten' : `${count(facts.turns, 'Frage samt Antwort', 'Fragen samt Antworten')}, die älteste ${duration(wholeMinutes(facts.oldestAge))} alt, damit ich Nachfragen verstehe`}`,
      ...(facts.cases === 0
        ? []
        : [`- ${count(facts.cases, 'Antwort, die', 'Antworten, die')} du mit Daumen runter markiert hast`]),
      ...inRooms(facts),
      '- deine Matrix-Adresse, Rolle und Sprache',
      '',
      '**Wo und mit welchem Schlüssel**',
      '- auf dem Familienserver, in einer eigenen verschlüsselten Datei (ein Schlüssel nur für dich, selbst verschlossen mit der Passphrase des Servers)',
      ...(facts.server === ''
        ? []
        : [
            `- die Nachrichten und Dateien unseres Chats liegen Ende-zu-Ende-verschlüsselt auf ${facts.server}; dort kannst du sie jederzeit löschen`,
          ]),
      '',
      '**Wer es sieht**',
      facts.lent === 0
        ? '- im Chat niemand außer dir: Fragen anderer erreichen deine Dokumente nie'
        : `- im Chat niemand außer dir, bis auf das, was du verleihst: ${count(facts.lent, 'Leihgabe', 'Leihgaben')}, jede eine Kopie, die eine Person lesen und nach der sie fragen kann (\`!verliehen\` listet sie auf, \`!zurücknehmen\` beendet eine). Sonst erreichen Fragen anderer nichts von dir`,
      ...(facts.borrowed === 0
        ? []
        : [
            `- an dich ${count(facts.borrowed, 'Dokument ist', 'Dokumente sind')} verliehen: Deine Fragen finden auch ${facts.borrowed === 1 ? 'dieses' : 'diese'}, und wem ${facts.borrowed === 1 ? 'es gehört, kann es' : 'sie gehören, kann sie'} zurücknehmen`,
          ]),
      '- Admins sehen nur Anzahlen und Größen',
      '- was du in einen Familienraum schickst, ist für alle dort und wird getrennt davon aufbewahrt',
      '- wer den Server betreibt **und** seine Passphrase kennt, könnte es öffnen; dieser Person musst du vertrauen',
      '',
      '**Welche Modelle es lesen**',
      `- zum Antworten: ${facts.answering === null ? 'keines; ich zeige dir die Stellen selbst' : place(facts.answering, 'die Frage und die Abschnitte, die es dafür braucht')}`,
      `- zum Finden: Wortsuche und eingebaute Wortvektoren auf dem Familienserver${facts.embedding === null ? '' : `, dazu ${place(facts.embedding, 'den Text deiner Dokumente und Fragen')}`}`,
      '',
      '**Wie lange**',
      `- bis du es vergessen lässt: mit ${facts.forget}, oder indem du jede Nachricht mit der Datei löschst. Eine Sicherung, die dein Admin vorher gemacht hat, kann es länger enthalten.`,
      '- das Passwort einer gesperrten Datei: nur solange die Datei gelesen wird. Bis du es schickst, höchstens eine halbe Stunde, merke ich mir, wo ich die Datei noch einmal bekomme',
      `- unsere Fragen und Antworten ${facts.turnDays === 0 ? 'bis du sie vergessen lässt' : count(facts.turnDays, 'Tag', 'Tage')}; sie verschwinden sofort mit ${facts.forgetChat} und sobald du mich ein Dokument vergessen lässt. \`!aufbewahrung\` zeigt und ändert, wie lange`,
    ].join('\n'),
  'language.set': () => 'Ab jetzt rede ich Deutsch mit dir.',
};

/** German: what the ops room's commands answer. */
export const admin: Entries<AdminFacts> = {
  'status.bot': (bot) =>
    [
      `- **Bot** ${bot.version}, läuft seit ${duration(bot.uptime)}, ${bytes(bot.memoryBytes)} Arbeitsspeicher`,
      `- **Antworten** ${bot.answering === '' ? 'nur mit den Stellen selbst (kein Sprachmodell)' : `von ${bot.answering}`}`,
      `- **Finden** mit Wörtern und eingebauten Vektoren${bot.embedding === '' ? '' : `, dazu mit ${bot.embedding}`}`,
      ...(bot.embeddingState === 'ready' ? [] : [`- **Einbettungsmodell** ${EMBEDDING_STATES[bot.embeddingState]}`]),
    ].join('\n'),
  'status.embedding': ({ embedded, passages, meanwhile }) =>
    `- **Eingebettet** ${number(embedded)} von ${count(passages, 'Stelle', 'Stellen')}${MEANWHILE[meanwhile]}`,
  'status.ops': ({ state, ago }) =>
    state === 'never'
      ? '- **Aufgaben** haben sich noch nie gemeldet: Läuft der ops-Prozess?'
      : state === 'silent'
        ? `- **Aufgaben** seit ${duration(ago)} stumm: Läuft der ops-Prozess?`
        : `- **Aufgaben** laufen, zuletzt gehört vor ${duration(ago)}`,
  'status.host': ({ state, ago }) =>
    state === 'unseen'
      ? '- **Server selbst** nicht zu sehen: Ohne den Helfer dort beobachtet niemand seine Anmeldungen, Container und Aktualisierungen'
      : state === 'silent'
        ? `- **Server selbst** zuletzt vor ${duration(ago)} gesehen: läuft sein Helfer?`
        : `- **Server selbst** vor ${duration(ago)} gesehen`,
  'status.counts': ({ people, documents, passages }) =>
    `- **Aufbewahrt** für ${count(people, 'Person', 'Personen')}: ${count(documents, 'Dokument', 'Dokumente')}, ${count(passages, 'Abschnitt', 'Abschnitte')}`,
  'status.queues': (queues) =>
    `- **Es warten** ${count(queues.files, 'Datei', 'Dateien')}, ${count(queues.questions, 'Frage', 'Fragen')}, ${count(queues.replies, 'Antwort', 'Antworten')} zum Senden, ${count(queues.undecryptable, 'Nachricht', 'Nachrichten')} ohne Schlüssel`,
  'status.unconfirmed': ({ confirm }) =>
    `- **Wiederherstellungscode** noch nicht bestätigt: Steht er auf Papier? ${confirm} nimmt ihn aus diesem Raum zurück`,
  'status.alerts': ({ undelivered, open }) =>
    `- **Warnungen** ${number(open)} offen, ${number(undelivered)} noch nicht zugestellt`,
  'people.head': ({ people }) => `**${count(people, 'Person darf', 'Personen dürfen')} mit mir reden:**`,
  'people.line': (person) =>
    `- ${person.person} ${person.role === 'admin' ? '**Admin**' : 'Mitglied'}, liest ${LANGUAGE_NAMES[person.language]}, seit ${day(person.addedAt)}${person.greeted ? '' : ', hat noch keinen Chat geöffnet'}${person.identityChanged ? ', **Identität geändert**, nicht bestätigt' : ''}`,
  'people.added': ({ person, role }) =>
    `${person} darf jetzt als ${role === 'admin' ? 'Admin' : 'Mitglied'} mit mir reden. Als Nächstes beginnt die Person einen Direktchat mit mir, und dort begrüße ich sie.`,
  'people.changed': ({ person, role }) => `${person} ist jetzt ${role === 'admin' ? 'Admin' : 'Mitglied'}.`,
  'people.same': ({ person }) => `Nichts geändert: ${person} hat diese Rolle schon.`,
  'people.wish-goes-on': ({ person, at }) =>
    `${person} wollte gelöscht werden, und dabei bleibt es: Es geschieht am ${day(at)}, wenn die Person es nicht selbst zurücknimmt.`,
  'people.removed': ({ person, at, now, mayExport }) =>
    at - now < A_MINUTE_MS
      ? `${person} kann nicht mehr mit mir reden, und ich lösche jetzt alles über diese Person.`
      : `${person} kann nicht mehr mit mir reden. Die Dokumente bleiben versiegelt und niemand kann sie lesen. Am ${moment(at)} lösche ich alles über diese Person; wer sie vorher wieder hinzufügt, gibt ihr alles zurück.${mayExport ? ' In ihrem Chat mit mir bekommt sie alles, was ich über sie behalte, und kann es bis dahin noch einmal verlangen.' : ''}`,
  'people.erase-preview': ({ person, confirm }) =>
    `Das löscht sofort und endgültig alles über ${person}: Dokumente, Erinnerung, Einstellungen, den Schlüssel. Die Person bekommt eine Quittung, und ich verlasse ihren Chat. Niemand kann es zurückholen.\nSchick dafür innerhalb von zehn Minuten ${confirm}.`,
  'people.erase-begun': ({ person, reference }) =>
    `Ich lösche alles über ${person}. Die Kennung dazu ist **${reference}**; du hörst nur davon, wenn etwas nicht klappt.`,
  'people.confirm-own': ({ person }) =>
    `Die eigene Identität lässt sich nicht vom eigenen Konto aus bestätigen. Auf dem Server: \`kinkeeper people confirm\` mit ${person}.`,
  'people.confirm-none': ({ person }) => `Es gibt nichts zu bestätigen: ${person} zeigt die Identität, die ich kenne.`,
  'people.confirm-preview': ({ person, fingerprint, confirm }) =>
    `Das Konto von ${person} zeigt eine neue Identität, die mit ${fingerprint} beginnt. Frag die Person selbst, persönlich oder am Telefon, ob sie ihre Identität zurückgesetzt hat, und vergleiche sie mit der Anzeige in ihrer App, wo es eine gibt. Wer diese Identität hat, fragt und liest in ihrem Namen.\nIst es ihre, schick innerhalb von zehn Minuten ${confirm}.`,
  'people.confirmed': ({ person }) =>
    `Bestätigt: Ich kenne ${person} jetzt unter der neuen Identität. Was wartete, ist unterwegs; was inzwischen geschrieben wurde, muss noch einmal geschickt werden.`,
  'people.invited': () => 'Die Einladung in diesen Raum ist verschickt.',
  'people.room-failed': () => 'Ich konnte den Betriebsraum noch nicht anpassen und versuche es wieder.',
  'alerts.none': () => 'Bisher keine Warnungen.',
  'alerts.open': ({ open }) =>
    open === 0 ? '**Keine Warnung ist offen.**' : `**Offen: ${count(open, 'Warnung', 'Warnungen')}**`,
  'alerts.lately': () => '**In letzter Zeit**',
  'alerts.somebody': () => 'jemand',
  'alerts.line': ({ at, reference, severity, text, state, ...standing }) => {
    const { clearedAt, isFlapping, acknowledgedAt, acknowledgedBy, snoozedUntil } = standing;
    const notes = [
      ...(state === 'over' ? [`vorbei seit ${moment(clearedAt)}`] : []),
      ...(isFlapping ? ['kommt und geht'] : []),
      ...(acknowledgedAt === 0 ? [] : [`zur Kenntnis genommen ${moment(acknowledgedAt)}: ${acknowledgedBy}`]),
      ...(snoozedUntil === 0 ? [] : [`verschoben bis ${moment(snoozedUntil)}`]),
    ];
    return `- ${moment(at)}, ${reference}, ${severity}${notes.length === 0 ? '' : ` (${notes.join('; ')})`}: ${text}`;
  },
  'alerts.full': ({ reference, severity, text }) => `**${reference}**, ${severity}: ${text}`,
  'alerts.times': ({ raisedAt, lastAt, times, clearedAt }) =>
    [
      `- seit ${moment(raisedAt)}${times > 1 ? `, ${number(times)}-mal gemeldet, zuletzt ${moment(lastAt)}` : ''}`,
      ...(clearedAt === 0 ? [] : [`- vorbei seit ${moment(clearedAt)}, nach ${duration(clearedAt - raisedAt)}`]),
    ].join('\n'),
  'alerts.state': ({ state, deliveredAt, isFlapping, acknowledgedAt, acknowledgedBy, snoozedUntil }) =>
    [
      ...(state === 'open' ? ['- es dauert an'] : []),
      ...(isFlapping ? ['- es kommt und geht immer wieder'] : []),
      deliveredAt === 0 ? '- in diesem Raum noch nicht angekommen' : `- angekommen ${moment(deliveredAt)}`,
      ...(acknowledgedAt === 0 ? [] : [`- zur Kenntnis genommen ${moment(acknowledgedAt)}: ${acknowledgedBy}`]),
      ...(snoozedUntil === 0 ? [] : [`- verschoben bis ${moment(snoozedUntil)}`]),
    ].join('\n'),
  'alerts.may': ({ ack, snooze }) => `${ack} sagt, dass du es gesehen hast, ${snooze} verschiebt es.`,
  'alerts.not-open': ({ reference }) => `${reference} dauert nicht mehr an; da ist nichts mehr zu tun.`,
  'alerts.acknowledged': ({ reference }) =>
    `Notiert: Ich erinnere niemanden mehr an ${reference}. Wenn es vorbei ist, sage ich es trotzdem.`,
  'alerts.snoozed': ({ reference, until }) =>
    `Ich schweige über ${reference} bis ${moment(until)} und melde mich dann, wenn es noch andauert.`,
};

/** What becomes of papers that were given to family rooms, `away` of them to rooms that the giver is not in any more. */
function roomPapers(all: number, away: number): string {
  const stays = `Was du Familienräumen gegeben hast (${count(all, 'Unterlage', 'Unterlagen')}), bleibt dort für die anderen, ohne deinen Namen daran.`;
  const there = 'Was davon auch gehen soll, lass mich vorher dort vergessen.';
  const gone = `${away === all ? 'Es liegt' : count(away, 'Unterlage liegt', 'Unterlagen liegen')} in Räumen, in denen du nicht mehr bist: Wer dort ist, kann mich ${away === all ? 'es' : 'sie'} vergessen lassen.`;
  return [stays, ...(away === all ? [] : [there]), ...(away === 0 ? [] : [gone])].join(' ');
}

/** What family rooms hold of a person, as a line of `!privacy`; none where there is nothing. */
function inRooms({ roomQuestions, roomPapers }: PrivacyFacts): string[] {
  const asked = count(roomQuestions, 'Frage, die du dort gestellt hast', 'Fragen, die du dort gestellt hast');
  const given = count(roomPapers, 'Unterlage von dir', 'Unterlagen von dir');
  const found = [...(roomQuestions === 0 ? [] : [asked]), ...(roomPapers === 0 ? [] : [given])];
  return found.length === 0
    ? []
    : [`- in den Dateien von Familienräumen: ${list(found)}; \`!exportiere\` schickt auch das`];
}

/** Where a model runs and, when that is another machine, what it gets to see. */
function place(model: ModelInUse, sent: string): string {
  return model.host === null
    ? `${model.name} auf dem Familienserver`
    : `${model.name} auf **${model.host}**; dorthin geht ${sent}`;
}

/** "**1** Miete, **2** Garten": names with the numbers that show them. */
function numbered(names: readonly string[]): string {
  return names.map((name, index) => `**${index + 1}** ${name}`).join(', ');
}
