import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ErrorFacts, FallbackFacts } from '../facts/trouble.ts';
import { sayInvalid, sayScope } from './api-request.ts';
import { noPart } from './kinds.ts';

const { bytes, count, list, number } = FORMATS.de;

const IPHONE_PHOTO = new Set(['heic', 'heif']);

const WAYS_OUT: Readonly<Record<string, string>> = {
  ppt: ' Als pptx oder PDF gespeichert geht es.',
  'winmail.dat':
    ' Speichere die Mail, mit der sie kam, als Datei (eml) und schick mir die: Dann kann ich lesen, was darin ist.',
  ...Object.fromEntries(
    ['avif', 'gif', 'jxl', 'psd', 'tif'].map((kind) => [kind, ' Als JPG oder PNG gespeichert geht es.']),
  ),
};

/** German: what went wrong, and what helps. */
export const trouble: Entries<ErrorFacts & FallbackFacts> = {
  'error.file-empty': () => 'Die Datei ist leer. Sieh bitte nach und schick sie noch einmal.',
  'error.file-too-large': ({ limit }) =>
    `Die Datei ist größer als die ${bytes(limit)}, die ich lesen darf. Kannst du einen Teil davon schicken?`,
  'error.file-kind': ({ kind }) =>
    IPHONE_PHOTO.has(kind)
      ? `${kind.toUpperCase()}-Fotos, das eigene Format des iPhones, kann ich nicht lesen. Teile das Foto bitte als JPG (ein Bildschirmfoto davon geht auch). Für die nächsten auf dem iPhone: **Einstellungen > Kamera > Formate > Maximale Kompatibilität**.`
      : `Diese Art von Datei${kind === 'unknown' ? '' : ` (${kind})`} kann ich nicht lesen. Ich lese PDF, Fotos und Scans (JPEG, PNG, WebP), Word, Excel und PowerPoint, OpenDocument (odt, ods, odp), RTF, EPUB, Webseiten, Mails, Termine, Kontakte, CSV, Markdown, Text und ZIP-Archive davon.${WAYS_OUT[kind] ?? ''}`,
  'error.file-encrypted': () => 'Die Datei ist mit einem Passwort gesperrt. Schick bitte eine Kopie ohne Passwort.',
  'error.file-wrong-password': () =>
    'Mit diesem Passwort lässt sich die Datei nicht öffnen. Sieh bitte nach und versuch es noch einmal.',
  'error.file-no-text': () =>
    'Ich habe in der Datei keinen Text gefunden, auch nicht in ihren Bildern. Vielleicht hilft ein schärferes, gerades Foto oder ein neuer Scan.',
  'error.file-damaged': () =>
    'Die Datei ist beschädigt und ich konnte sie nicht lesen. Schick sie bitte noch einmal oder exportiere sie neu.',
  'error.file-too-hard': () =>
    'Die Datei braucht mehr Speicher, als ich zum Lesen erlaube, deshalb habe ich aufgehört. Meist hilft es, sie zu teilen oder als PDF oder Text zu exportieren.',
  'error.file-too-many-pages': ({ limit }) =>
    `Die Datei hat mehr als ${count(limit, 'Seite', 'Seiten')}. Schick sie bitte in Teilen.`,
  'error.file-timeout': ({ seconds }) =>
    `Das Lesen hat länger als ${count(seconds, 'Sekunde', 'Sekunden')} gedauert, deshalb habe ich aufgehört. Meist hilft es, die Datei zu teilen.`,
  'error.disk-full': () =>
    'Der Speicherplatz des Familienservers ist voll, deshalb habe ich nichts behalten. Dein Admin weiß Bescheid; schick die Datei bitte später noch einmal.',
  'error.media-gone': () => 'Der Server hat die Datei nicht mehr. Schick sie bitte noch einmal.',
  'error.media-damaged': () =>
    'Die Datei kam verändert oder unvollständig an, deshalb habe ich sie nicht geöffnet. Schick sie bitte noch einmal.',
  'error.busy': () => 'Ich habe gerade zu viel zu tun. Versuch es bitte in ein paar Minuten noch einmal.',
  'error.file-too-much-text': () =>
    'Die Datei enthält mehr Text, als ich von einer Datei behalten darf. Schick sie bitte in Teilen.',
  'error.reader-unavailable': () =>
    'Dieser Server kann Dateien gerade nicht sicher lesen, deshalb lese ich keine. Sag bitte deinem Admin Bescheid; `doctor` zeigt, was fehlt.',
  'error.store-busy': () => 'Mein Speicher ist gerade beschäftigt. Versuch es bitte in einer Minute noch einmal.',
  'error.person-id': () => 'Das ist keine vollständige Matrix-Adresse wie `@ada:example.org`.',
  'error.question-too-long': ({ limit }) =>
    `Das ist zu lang für eine Frage: Ich nehme bis zu ${number(limit)} Zeichen. Frag bitte in ein paar Sätzen; einen langen Text kann ich als Datei lesen.`,
  'error.no-such-document': ({ number: given }) =>
    `Ein Dokument ${given} kenne ich von dir nicht. \`!dateien\` zeigt die Nummern.`,
  'error.no-such-command': () => 'So einen Befehl gibt es für dich hier nicht. `!hilfe` listet sie auf.',
  'error.no-such-alert': ({ given }) =>
    `Eine Warnung ${given} gibt es nicht. \`!warnungen\` listet die letzten mit ihren Kürzeln auf, etwa A12.`,
  'error.snooze-time': () => 'Sag für wie lange, von einer Minute bis zu 90 Tagen: `30 min`, `2 h` oder `3 Tage`.',
  'error.no-such-person': ({ person }) => `${person} kenne ich nicht. \`!leute\` listet auf, wer mit mir reden darf.`,
  'error.no-such-page': ({ pages }) =>
    pages === 1 ? 'Die Liste hat nur eine Seite.' : `Die Liste hat nur ${number(pages)} Seiten.`,
  'error.no-such-page-of': ({ page, unit, last, names, more }) =>
    `Darin gibt es ${noPart(unit)} „${page}“; ${names === '' ? `zuletzt kommt „${last}“` : `es gibt: ${names}${more > 0 ? ` und ${number(more)} weitere` : ''}`}.`,
  'error.recovery-group-length': ({ length }) =>
    `Ich brauche die letzte Gruppe des Wiederherstellungscodes; sie hat ${number(length)} Zeichen. Es wurde nichts bestätigt.`,
  'error.recovery-group-typo': () =>
    'So endet kein Wiederherstellungscode: Da ist ein Tippfehler, oder es ist eine andere Gruppe als die letzte. Es wurde nichts bestätigt; vergleiche mit deinem Papier.',
  'error.recovery-group-other': () =>
    'Diese Gruppe hat keinen Tippfehler, gehört aber zu einem anderen Wiederherstellungscode als dem, der gilt. Es wurde nichts bestätigt; aufzuschreiben ist die neueste Nachricht mit einem Wiederherstellungscode hier.',
  'error.hand-over-waiting': () =>
    'Eine der beiden Nachrichten mit einem Geheimnis ist noch auf dem Weg in diesen Raum. Bestätige bitte, wenn du beide aufgeschrieben hast.',
  'error.share-terms': () =>
    'Ich muss wissen, an wen: `!verleihe 3 an @ben:example.org` oder `!verleihe 3 an @ben:example.org bis 31.12.2027`.',
  'error.share-date': ({ given }) =>
    `„${given}“ verstehe ich nicht als Tag. Schreib ihn als \`31. Dezember 2027\`, \`31.12.2027\`, \`2027-12-31\` oder \`morgen\`; dieser Tag ist der letzte.`,
  'error.share-date-past': ({ given }) =>
    `„${given}“ liegt in der Vergangenheit. Es muss heute oder später sein; dieser Tag ist der letzte.`,
  'error.share-date-missing': () =>
    'Der Tag fehlt: bis wann? Zum Beispiel `bis 31. Dezember 2027`; dieser Tag ist der letzte. Ohne „bis“ ist es verliehen, bis einer von euch es beendet.',
  'error.share-self': () => 'Das Dokument gehört dir schon.',
  'error.share-known': () =>
    'Dieses Dokument verleihst du dorthin schon. `!verliehen` zeigt es; beende es zuerst, wenn du das Datum ändern willst.',
  'error.share-full': () =>
    'Dorthin verleihst du schon sehr viele Dokumente. `!verliehen` listet sie auf; beende bitte erst welche.',
  'error.no-such-share': ({ mark, list: all }) =>
    `Eine Leihe ${mark} gibt es bei dir nicht. \`${all}\` listet sie auf.`,
  'error.no-such-member': ({ person }) =>
    `${person} kenne ich nicht und kann dorthin nichts verleihen. Ein Admin kann neue Leute aufnehmen.`,
  'error.last-admin': () => 'Dann gäbe es keinen Admin mehr. Mach zuerst jemand anderen zum Admin.',
  'error.room-retention': ({ command }) =>
    `Wie lange in einem Familienraum etwas behalten wird, bestimmt euer Admin, für alle Räume gleich. Es wurde nichts geändert. \`${command}\` zeigt, was hier gilt; über das, was dir gehört, entscheidest du in unserem eigenen Chat.`,
  'error.account-name': ({ person }) =>
    `Der Homeserver erlaubt kein Konto mit dem Namen ${person}. Kleine Buchstaben a bis z, Ziffern und . _ - gehen, nur nicht Ziffern allein und nicht _ am Anfang.`,
  'error.account-right': () =>
    'Der Homeserver lehnt mein Recht über Konten ab. Gehört das Token in der Datei von `homeserver.adminTokenFile` noch einem Administrator? Wenn ja, starte mich neu.',
  'error.accounts-off': ({ server }) =>
    `Um Konten auf ${server} darf ich mich nicht kümmern. Nenne \`homeserver.adminTokenFile\` in meinen Einstellungen, wenn ich es soll; oder tu es auf dem Server.`,
  'error.account-elsewhere': ({ person, server }) =>
    `${person} hat das Konto auf einem anderen Server; kümmern kann ich mich nur um die auf ${server}.`,
  'error.no-account': ({ person }) => `Ein Konto ${person} gibt es nicht. \`!leute dazu\` legt eins an.`,
  'error.account-closed': ({ person }) => `Das Konto ${person} ist schon geschlossen.`,
  'error.account-of-admin': ({ person }) =>
    `${person} verwaltet den Homeserver selbst. Dieses Konto gehört in keine anderen Hände: Zurücksetzen oder schließen lässt es sich nur auf dem Server.`,
  'error.account-not-removed': ({ person }) =>
    `Ich schließe nur das Konto von jemandem, der entfernt wurde, bis das Aufbewahrte gelöscht ist; von ${person} weiß ich nichts. Wenn es weg soll, schließ es auf dem Homeserver selbst.`,
  'error.erase-code': () =>
    'Das ist nicht der Code, den ich dir zuletzt gegeben habe, oder seine zehn Minuten sind um. Es wurde nichts gelöscht. Schick den Befehl ohne Code, dann bekommst du einen neuen.',
  'error.erase-in-chat': () => 'Das geht nur da, wo der Bot läuft: in seinen Matrix-Chats.',
  'error.being-erased': ({ person }) =>
    `${person} wird gerade gelöscht. Wenn das fertig ist, kannst du die Person wieder hinzufügen, als jemand Neues.`,
  'error.api-key-name': ({ name }) =>
    `Du hast schon einen Schlüssel namens „${name}“. Gib diesem einen anderen Namen oder sperre zuerst den alten.`,
  'error.api-key-bad-name': () =>
    'Der Name eines Schlüssels ist ein Wort aus bis zu 32 Buchstaben, Ziffern, Punkten oder Strichen: `scanner`, `mein-handy`.',
  'error.api-key-full': ({ most }) =>
    `Du hast ${number(most)} API-Schlüssel, mehr geht nicht. \`!apischlüssel\` listet sie auf; sperre bitte zuerst einen.`,
  'error.api-key-terms': () =>
    'Ich muss wissen, was der Schlüssel darf: `hochladen`, `lesen`, `fragen`, `exportieren`, `löschen` (auch mehrere) oder `nur hochladen` (auch `--upload-only`); und wie lange, wenn nicht ein Jahr: `!apischlüssel neu handy hochladen fragen für 90 Tage`. Es wurde kein Schlüssel gemacht.',
  'error.api-key-lasting': ({ years }) =>
    `Ein Schlüssel gilt mindestens einen Tag und höchstens ${count(years, 'Jahr', 'Jahre')}: \`!apischlüssel neu handy hochladen fragen für ${years} Jahre\`. Es wurde kein Schlüssel gemacht.`,
  'error.no-such-api-key': ({ number: given }) =>
    `Du hast keinen API-Schlüssel ${given}. \`!apischlüssel\` listet sie auf.`,
  'error.api-key-missing': () =>
    'Jede Anfrage braucht einen Schlüssel: Schick ihn als `Authorization: Bearer …` mit. `!apischlüssel neu` im Chat mit mir macht einen.',
  'error.api-key-typo': () =>
    'In diesem Schlüssel ist ein Tippfehler: Ein Zeichen fehlt oder ist falsch. Kopiere ihn noch einmal.',
  'error.api-key-unknown': () =>
    'Diesen Schlüssel gibt es nicht, oder er wurde gesperrt. `!apischlüssel neu` im Chat mit mir macht einen anderen.',
  'error.api-key-ended': () =>
    'Dieser Schlüssel gilt nicht mehr. `!apischlüssel neu` im Chat mit mir macht einen anderen.',
  'error.api-key-guessing': ({ seconds }) =>
    `Von deiner Adresse kamen zu viele falsche Schlüssel; ich höre erst in ${count(seconds, 'Sekunde', 'Sekunden')} wieder auf sie.`,
  'error.api-key-scope': sayScope,
  'error.api-rate': ({ seconds }) =>
    `Das war mit diesem Schlüssel zu viel auf einmal. Versuch es in ${count(seconds, 'Sekunde', 'Sekunden')} wieder.`,
  'error.api-files-wait': ({ most }) =>
    `${number(most)} deiner Dateien warten schon darauf, gelesen zu werden. Schick bitte weitere, sobald einige fertig sind.`,
  'error.api-no-path': () => 'Unter dieser Adresse gibt es nichts. `/v1/docs` sagt, was es gibt.',
  'error.api-method': ({ method, methods }) =>
    `Diese Adresse nimmt ${method} nicht, nur ${list(methods.split(', '))}. \`/v1/docs\` sagt, wofür was ist.`,
  'error.api-invalid': sayInvalid,
  'error.api-not-json': () => 'Der Inhalt ist kein JSON, das ich lesen kann.',
  'error.api-json-type': () => 'Der Inhalt muss JSON sein, geschickt mit `Content-Type: application/json`.',
  'error.api-bad-form': () =>
    'Das Formular ist nicht lesbar. Es muss `multipart/form-data` mit seiner Trennzeile sein.',
  'error.api-no-file': () =>
    'Das Formular muss eine Datei enthalten, in einem Feld namens `file`. Es wurde nichts behalten.',
  'error.api-field-twice': ({ field }) =>
    `Das Formular hat das Feld \`${field}\` mehr als einmal, und welches gemeint ist, kann ich nicht wissen. Es wurde nichts behalten.`,
  'error.api-cut-off': () =>
    'Die Anfrage brach vor ihrem Ende ab. Es wurde nichts behalten; schick sie bitte noch einmal.',
  'error.api-slow': () =>
    'Die Anfrage kam nicht weiter, darum habe ich sie aufgegeben. Es wurde nichts behalten; schick sie bitte noch einmal.',
  'error.api-ended': () => 'Das wurde beendet, bevor es fertig war. Versuch es bitte noch einmal.',
  'error.api-sealed': () =>
    'Ich bin gesperrt und komme an niemandes Dokumente, bis ein Admin mich entsperrt. Versuch es bitte später.',
  'error.no-such-upload': () =>
    'So eine Sendung kenne ich nicht (mehr): Ich merke sie mir eine Stunde, und nicht über einen Neustart. Dieselbe Datei noch einmal zu schicken sagt, was aus ihr wurde.',
  'error.no-such-export': () => 'So einen Export oder Teil davon kenne ich nicht (mehr). Beginne bitte einen neuen.',
  'error.person-several': ({ given, people }) => `${given} heißen mehrere: ${people}. Bitte schreib die ganze Adresse.`,
  'error.not-the-bot': () => 'Das bin ich selbst. Ich bin ohnehin hier.',

  'trouble.not-found': () => 'Das finde ich nicht.',
  'trouble.forbidden': () => 'Das darfst du hier nicht.',
  'trouble.invalid': () => 'So kann ich damit nichts anfangen. `!hilfe` zeigt, was ich verstehe.',
  'trouble.conflict': () => 'Das passt nicht zu dem, was schon da ist.',
  'trouble.too-large': () => 'Das ist mehr, als ich annehmen darf.',
  'trouble.unsupported': () => 'Das kann ich noch nicht.',
  'trouble.unavailable': () =>
    'Etwas, das ich dafür brauche, ist gerade nicht erreichbar. Versuch es bitte in ein paar Minuten noch einmal.',
  'trouble.internal': ({ reference }) =>
    `Bei mir ist etwas schiefgegangen. Von dir ist nichts verloren. Passiert es wieder, gib deinem Admin diese Kennung: **${reference}**`,
  'trouble.with-file': ({ name }) => `**${name}** konnte ich nicht behalten.`,
};
