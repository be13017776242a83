import { FORMATS, progressBar } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ChatFacts, RoomFacts } from '../facts/chat.ts';
import { countParts } from './kinds.ts';

const { count, day, list, moment, number } = FORMATS.de;
/** Parts that could not be read are named up to so many. */
const NAMED = 3;

/** German: a person's own chat. */
export const chat: Entries<ChatFacts> = {
  greeting: () =>
    [
      '**Hallo! Ich lese deine Unterlagen, damit du sie nicht durchsuchen musst.**',
      '',
      'Schick mir hier eine Datei (PDF, Foto oder Scan, Word, Excel, PowerPoint, OpenDocument, RTF, E-Book, Webseite, Mail, Kalender, Kontakte, CSV, Text oder ein ZIP davon) und frag mich dann mit deinen eigenen Worten danach. Ich antworte nur aus deinen Unterlagen und nenne Datei und Seite.',
      '',
      '- **Ich behalte** den Text deiner Unterlagen, ihre Namen und unsere letzten Fragen und Antworten, versiegelt mit einem eigenen Schlüssel für dich auf dem Familienserver. Die Datei selbst vergesse ich, sobald ich sie gelesen habe.',
      '- **Ich zeige sie nie** jemand anderem, auch nicht dem Admin, es sei denn, du verleihst selbst etwas. Deine Fragen finden, was dir gehört und was dir jemand leiht, sonst nichts.',
      '- **Ich kann mich irren.** Sieh bitte auf der genannten Seite nach, bevor du dich darauf verlässt.',
      '',
      '`!hilfe` zeigt, was ich verstehe, `!datenschutz`, was ich über dich weiß. Häng zum Anfang einfach eine Datei an.',
    ].join('\n'),

  reading: ({ name, done, total }) =>
    total > 1
      ? `Ich lese **${name}** … ${number(done)} von ${number(total)}\n${progressBar(done / total)}`
      : `Ich lese **${name}** …`,
  'reading.queued': ({ name }) => `Ich habe **${name}** und lese es, sobald es an der Reihe ist.`,
  kept: ({ name, kind, number: own, pages, passages, unreadable, damaged, depth }) =>
    [
      `Ich habe **${name}** gelesen: ${pages > 1 ? `${countParts(kind, pages)}, ` : ''}${count(passages, 'Abschnitt', 'Abschnitte')}. Die Datei selbst behalte ich nicht.`,
      damaged
        ? 'Die Datei ist beschädigt: Ich habe sie gelesen, so weit sie reicht. Fehlt etwas, schick sie bitte noch einmal.'
        : '',
      unreadable.length > 0
        ? `${countParts(kind, unreadable.length)} davon konnte ich nicht lesen (${firstOf(unreadable)}) und kann daraus auch nicht antworten.`
        : '',
      depth === 'growing'
        ? 'Du kannst gleich fragen. In einigen Minuten finde ich anders Formuliertes noch etwas besser.'
        : '',
      `Es ist Dokument ${own}; \`!vergiss ${own}\` entfernt es.`,
    ]
      .filter((line) => line !== '')
      .join('\n'),
  'kept.replaced': ({ number: old, addedAt }) =>
    `Es tritt an die Stelle von Dokument ${old} vom ${day(addedAt)}, das genauso heißt und nicht mehr für Antworten verwendet wird. Um beide zu verwenden, schick \`!behalte ${old}\`.`,
  'kept.similar': ({ name, number: other }) =>
    `Es sieht nach einer anderen Fassung von **${name}** aus (Dokument ${other}). Ich verwende beide; \`!vergiss ${other}\` entfernt die andere.`,
  'kept.same-name': ({ number: other, addedAt }) =>
    `Dokument ${other} vom ${moment(addedAt)} heißt genauso, aber es stehen andere Daten, Nummern oder Namen darin. Ich verwende beide; \`!vergiss ${other}\` entfernt das andere.`,
  'kept.note': () => 'Was du dazu geschrieben hast, behalte ich als Notiz.',
  'kept.back': ({ number: other, addedAt }) =>
    `Es war eine frühere Fassung; ich verwende sie jetzt wieder, an der Stelle von Dokument ${other} vom ${day(addedAt)}. Um beide zu verwenden, schick \`!behalte ${other}\`.`,
  'kept.deep': () => 'Jetzt kenne ich es ganz: Auch anders Formuliertes finde ich darin.',
  'mail.from': () => 'Von',
  'mail.to': () => 'An',
  'mail.date': () => 'Datum',
  'note.label': () => 'deine Notiz',
  known: ({ name, number: own, addedAt }) =>
    `**${name}** kenne ich schon: Es ist Dokument ${own}, behalten seit ${day(addedAt)}. Nichts wurde doppelt behalten.`,
  'reading.scan': ({ name, pages, waits }) =>
    `**${name}** hat ${count(pages, 'Seite, die ein Bild ist', 'Seiten, die Bilder sind')}. Ich lese eine nach der anderen; das dauert etwas${waits ? ', und es ist noch nicht an der Reihe' : ''}.`,
  'files.summary': ({ kept, known, failed }) =>
    [
      `**Das ${kept + known + failed.length === 1 ? 'war' : 'waren'} ${count(kept + known + failed.length, 'Datei', 'Dateien')}:** ${number(kept)} behalten${known > 0 ? `, ${number(known)} schon bekannt` : ''}${failed.length > 0 ? `, ${number(failed.length)} nicht behalten` : ''}.`,
      ...(failed.length > 0 ? [`Nicht behalten: ${named(failed)}. Die Gründe stehen oben.`] : []),
    ].join('\n'),
  forgotten: ({ name, number: own, passages, back }) =>
    [
      `Vergessen: **${name}** (Dokument ${own}) mit ${count(passages, 'Abschnitt', 'Abschnitten')}, allem, womit ich darin gesucht habe, und meiner Erinnerung an unser Gespräch.`,
      back > 0 ? backAgain(back) : 'Die Nachricht mit der Datei zu löschen bewirkt dasselbe.',
    ].join('\n'),
  'forgotten.several': ({ gone, passages, restored, unknown }) =>
    [
      `Vergessen: **${count(gone.length, 'Dokument', 'Dokumente')}** mit ${count(passages, 'Abschnitt', 'Abschnitten')}, allem, womit ich darin gesucht habe, und meiner Erinnerung an unser Gespräch:`,
      ...gone.map(({ name, number: own }) => `- **${own}** ${name}`),
      '',
      ...restored.map((own) => backAgain(own)),
      ...(unknown.length === 0
        ? []
        : [
            `${unknown.length === 1 ? 'Ein Dokument' : 'Dokumente'} ${list(unknown.map(String))} kenne ich von dir nicht.`,
          ]),
    ]
      .join('\n')
      .trim(),
  'forgotten.by-redaction': ({ name, passages, back }) =>
    [
      `Du hast die Nachricht gelöscht, also habe ich **${name}** vergessen, mit ${count(passages, 'Abschnitt', 'Abschnitten')} und allem, womit ich darin gesucht habe.`,
      ...(back > 0 ? [backAgain(back)] : []),
    ].join('\n'),
  'forgotten.other-stands': ({ name, number: own }) =>
    `Du hast eine Nachricht mit **${name}** gelöscht, aber eine andere steht noch da, also behalte ich es (Dokument ${own}). \`!vergiss ${own}\` entfernt es.`,
  'forgotten.note': () =>
    'Die Notiz, die du zu der gelöschten geschrieben hast, ist vergessen, mit meiner Erinnerung an unser Gespräch.',
  'password.ask': ({ name }) =>
    [
      `**${name}** konnte ich noch nicht behalten: Die Datei ist mit einem Passwort gesperrt. Antworte innerhalb einer halben Stunde auf diese Nachricht mit dem Passwort oder schick \`!passwort …\`.`,
      'Ich öffne damit einmal die Datei und behalte es nirgends.',
    ].join('\n'),
  'password.wrong': ({ name }) =>
    `Mit diesem Passwort geht **${name}** nicht auf. Versuch es bitte noch einmal: Antworte auf diese Nachricht mit dem richtigen oder schick \`!passwort …\`. Deine Nachricht mit dem falschen kannst du löschen.`,
  'password.opened': ({ name }) =>
    `**${name}** war gesperrt; mit dem Passwort konnte ich es lesen, und jetzt ist es behalten.`,
  'password.used': () =>
    'Ich habe das Passwort einmal verwendet und vergessen. **Lösch bitte deine Nachricht damit**, dann bleibt es nicht im Chat stehen.',
  'password.missing': () => 'Das Passwort fehlt. So geht es: `!passwort …`',
  'password.unclear': () =>
    'Eine Datei wartet auf ihr Passwort, deshalb bin ich nicht sicher, was das war, und habe es für nichts verwendet. Ist es das Passwort, schick `!passwort …`; ist es eine Frage, stell sie als Satz mit „?“.',
  'password.nothing-waits': () =>
    'Von dir wartet keine Datei auf ein Passwort (ich warte eine halbe Stunde). Schick die Datei bitte noch einmal und lösch deine Nachricht, falls ein Passwort darin stand.',
  'forgotten.before-reading': () => 'Du hast die Nachricht gelöscht, also behalte ich nichts von der Datei.',

  'question.queued': ({ isLong }) =>
    isLong
      ? 'Ich antworte, sobald du an der Reihe bist; das kann ein paar Minuten dauern.'
      : 'Einen Moment: Du bist gleich an der Reihe.',
  'question.held': () => 'Einen Moment: Ich lese noch deine Datei, danach sehe ich mir das an.',
  'question.stopped': () => 'Abgebrochen, wie gewünscht.',
  'feedback.kept': ({ isRoom, list }) =>
    `Danke, notiert: Ich behalte diese Frage und Antwort als schlechtes Beispiel, versiegelt mit ${isRoom ? 'den Unterlagen dieses Raums, solange unser Gespräch behalten wird oder' : 'deinen Unterlagen,'} bis du die Reaktion zurücknimmst. ${list} zeigt sie.`,
  'feedback.unknown': () =>
    'Ich kann nur Antworten auf Fragen notieren, an die ich mich noch erinnere, und an diese erinnere ich mich nicht mehr.',
  'answer.thinking': () => 'Ich sehe in deinen Unterlagen nach …',
  'answer.sources': () => '**Wo ich das gelesen habe**',
  'answer.source.page': ({ marks, name, owner, page }) => `${marks} ${lentBy(owner)}${name}, Seite ${page}`,
  'answer.source.part': ({ marks, name, owner, part }) => `${marks} ${lentBy(owner)}${name}, ${part}`,
  'answer.source.whole': ({ marks, name, owner }) => `${marks} ${lentBy(owner)}${name}`,
  'place.page-inside': ({ name, page }) => `${name} S. ${page}`,
  'place.itself': ({ isMail }) => (isMail ? 'die Mail selbst' : 'der Text selbst'),
  'answer.snippet': ({ source, snippet, note }) =>
    `**${source}**\n„${snippet}“${note === '' ? '' : `\nDeine Notiz dazu: „${note}“`}`,
  'answer.passages': () =>
    '**Diese Stellen kommen am nächsten.** Ob sie deine Frage beantworten, kann ich nicht beurteilen.',
  'answer.weak': () =>
    '**Ob eine dieser Stellen deine Frage beantwortet, kann ich nicht beurteilen.** Ich habe nichts gefunden, was klar passt; diese hier kommen am nächsten.',
  'answer.no-match': () => 'Ich habe nichts gefunden, was passt. Versuch es mit anderen Worten.',
  'answer.model-failed': () =>
    '**Das Sprachmodell hat gerade nicht geantwortet,** deshalb hier die Stellen, die am nächsten kommen. Ob sie deine Frage beantworten, kann ich nicht beurteilen.',
  'answer.unsupported': () =>
    '**Ich habe keine Antwort, die deine Unterlagen belegen,** deshalb hier die Stellen, die am nächsten kommen. Ob sie deine Frage beantworten, kann ich nicht beurteilen.',
  'answer.beginning': () =>
    '**So fängt es an.** Ich zeige es, wie es dasteht; mit eigenen Worten zusammenfassen kann ich es nicht.',
  'answer.left-out': ({ sentences }) =>
    `(${count(sentences, 'Satz habe ich weggelassen, weil ich ihn', 'Sätze habe ich weggelassen, weil ich sie')} in deinen Unterlagen so nicht gefunden habe.)`,
  'small-talk.greeting': () => 'Hallo! Frag mich etwas zu deinen Unterlagen oder schick mir eine neue.',
  'small-talk.thanks': () => 'Gern geschehen!',
  'small-talk.farewell': () => 'Bis bald! Ich bin da, wenn du etwas aus deinen Unterlagen brauchst.',
  'small-talk.how-are-you': () => 'Gut, danke! Deine Unterlagen sind in guten Händen. Was möchtest du wissen?',
  'small-talk.praise': () => 'Das freut mich!',
  'small-talk.acknowledgement': () => 'Alles klar.',
  'small-talk.who-are-you': () =>
    'Ich bin Kinkeeper, ein Programm auf eurem Familienserver. Ich lese die Unterlagen, die du mir schickst, und finde, was darin steht; `!hilfe` zeigt, was ich verstehe.',
  'small-talk.date': ({ at }) => `Nach meiner Uhr ist es ${moment(at)}. Sonst kenne ich nur deine Unterlagen.`,
  'request.forget': ({ command }) =>
    `Damit nichts aus Versehen verschwindet, lösche ich nur auf Befehl: ${command} macht es, endgültig.`,
  'request.forget-which': () =>
    'Damit nichts aus Versehen verschwindet, lösche ich nur auf Befehl und mit Nummer: `!dateien` zeigt die Nummern, `!vergiss 3` entfernt Dokument 3 endgültig.',
  'request.forget-file': ({ called }) =>
    `Damit nichts aus Versehen verschwindet, lösche ich nur auf Befehl: ${called.map(({ name, command }) => `${command} entfernt ${name}`).join(', ')}, endgültig.`,
  'request.forget-unknown': () =>
    'Eine Datei mit diesem Namen habe ich nicht. `!dateien` zeigt mit Nummern, was ich behalten habe; `!vergiss 3` entfernt Dokument 3 endgültig.',
  'request.hint': () =>
    'Frag mich mit deinen eigenen Worten nach deinen Unterlagen; `!hilfe` zeigt, was ich sonst noch verstehe.',
  'request.yes': () =>
    'Es wurde nichts getan: Ein „ja“ allein bestätigt hier nichts. Falls ich dich um eine Bestätigung gebeten habe, schick bitte die ganze Zeile, die dort steht, mit dem `!`, dem „ja“ und dem Code, wo einer dabei ist.',
  'request.emoji': () => '🙂',
  'answer.nothing': () => 'Davon steht nichts in deinen Unterlagen.',
  'answer.nearest': () => 'Diese Stellen kommen am nächsten:',
  'answer.empty': () =>
    'Ich habe noch keine Unterlagen von dir. Schick mir eine Datei und ich lese sie; danach kannst du mich dazu fragen.',
  'answer.unread': ({ names }) =>
    `Als ich nachsah, las ich noch ${named(names)}; ging es darum, frag noch einmal, sobald ich ${names.length === 1 ? 'es' : 'sie'} behalten habe.`,
  'answer.shortened': () => '(Der Rest passt nicht in eine Nachricht.)',
};

/** German: rooms, devices and keys. */
export const room: Entries<RoomFacts> = {
  'room.not-encrypted': () =>
    'Dieser Raum ist nicht verschlüsselt, deshalb lese ich hier nichts. Schalte bitte in den Raumeinstellungen (Sicherheit) die Verschlüsselung ein oder öffne einen neuen Direktchat mit mir.',
  'room.someone-joined': ({ person }) =>
    `**${person}** ist jetzt auch hier, deshalb verwende ich deine Unterlagen in diesem Raum nicht mehr. Öffne dafür einen Direktchat nur mit mir.`,
  'room.direct-again': () => 'Wir sind wieder unter uns, also verwende ich hier deine Unterlagen.',
  'room.not-direct': () =>
    'Hier ist jemand, den ich nicht kenne oder dessen Konto sich geändert hat und noch nicht vom Admin bestätigt wurde. Deshalb lese ich in diesem Raum keine Dateien und beantworte keine Fragen. Öffne bitte einen Direktchat nur mit mir.',
  'room.changed': () =>
    'Um die Zeit dieser Nachricht ist jemand gekommen oder gegangen, deshalb habe ich sie nicht verwendet. Wenn sie für die bestimmt ist, die jetzt hier sind, schicke sie bitte noch einmal.',
  'sender.unsigned': () =>
    [
      '**Ich kann nicht sicher sein, dass diese Nachricht von dir ist:** Das Gerät, von dem sie kommt, hast du nicht bestätigt. Ich habe die Nachricht deshalb nicht verwendet.',
      '',
      'In Element auf diesem Gerät:',
      '1. Öffne **Einstellungen**, dann **Sitzungen** (oder **Geräte**).',
      '2. Wähle **Sitzung verifizieren**.',
      '3. Bestätige mit einem anderen Gerät von dir oder mit deinem Wiederherstellungsschlüssel.',
      '',
      'Schick die Nachricht dann noch einmal.',
    ].join('\n'),
  'sender.mismatch': () =>
    [
      '**Die Identität deines Kontos ist nicht die, die ich kenne.** Das passiert, wenn das Konto zurückgesetzt wurde oder wenn sich jemand anderes damit angemeldet hat. Ich habe die Nachricht nicht verwendet.',
      '',
      'Hast du es selbst zurückgesetzt, dann verifiziere mich in Element neu: mein Profil öffnen, dann **Verifizieren**. Wenn nicht, ändere dein Passwort und sag deinem Admin Bescheid.',
    ].join('\n'),
  'sender.identity-changed': () =>
    [
      '**Dein Konto zeigt eine andere Identität als die, die ich kenne.** Das passiert, wenn du sie zurückgesetzt hast oder jemand anderes dein Konto übernommen hat. Ich habe deine Nachricht nicht geöffnet und schicke nichts von dir hierher, bis ein Admin bestätigt hat, dass du es bist.',
      '',
      'Hast du sie selbst zurückgesetzt, sag es bitte deinem Admin, persönlich oder am Telefon. Wenn nicht, sag es ihm auch: Vielleicht benutzt jemand anderes dein Konto.',
    ].join('\n'),
  'message.plain': () =>
    'Diese Nachricht kam unverschlüsselt, obwohl der Raum verschlüsselt ist. Ich habe sie deshalb nicht verwendet. Schick sie bitte noch einmal mit einem Programm, das verschlüsselt, zum Beispiel Element.',
  'message.unsupported': () =>
    'Mit dieser Art von Nachricht kann ich nichts anfangen. Schick mir eine Datei oder frag mich etwas in Worten.',
  'message.edited-command': () =>
    'Aus einer bearbeiteten Nachricht mache ich das nicht, damit nichts doppelt geschieht. Schick es bitte als neue Nachricht.',
  'undecryptable.waiting': () =>
    [
      '**Deine letzte Nachricht kann ich noch nicht öffnen:** Ihr Schlüssel ist nicht bei mir angekommen. Ich warte weiter und antworte, sobald er da ist.',
      'Es hilft, Element auf dem Gerät zu öffnen, von dem du geschrieben hast. Passiert nichts, schick die Nachricht noch einmal.',
    ].join('\n'),
  'undecryptable.readable': () => 'Jetzt kann ich sie lesen. Hier ist, worum du gebeten hast:',
  'verification.emoji': ({ emoji }) =>
    `Ich sehe: ${emoji}\nWenn dein Gerät dasselbe zeigt, wähle **Sie stimmen überein**.`,
  'verification.done': () => 'Verifiziert. Deine Geräte wissen jetzt, dass ich es wirklich bin.',
  'verification.cancelled': () =>
    'Die Verifizierung wurde abgebrochen. Du kannst sie jederzeit in meinem Profil neu starten.',
};

function backAgain(number: number): string {
  return `Die frühere Fassung, Dokument ${number}, wird wieder verwendet; \`!vergiss ${number}\` entfernt auch sie.`;
}

/** Names in bold; of many just the first ones. */
function named(names: readonly string[]): string {
  const shown = names.slice(0, 10).map((name) => `**${name}**`);
  return list(names.length > shown.length ? [...shown, `${number(names.length - shown.length)} weitere`] : shown);
}

/** "Ada's: " before the name of a file that somebody lent. */
function lentBy(owner: string): string {
  return owner === '' ? '' : `Von ${owner}: `;
}

/** The first names of a list, and how many there are besides. */
function firstOf(names: readonly string[]): string {
  const more = names.length - NAMED;
  return list(more > 0 ? [...names.slice(0, NAMED), `${number(more)} weitere`] : names);
}
