import { FORMATS } from '../../../core/wording/format.ts';
import type { Markdown } from '../../../core/wording/markdown.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { AccountFacts, CardFacts } from '../facts/accounts.ts';

const { count } = FORMATS.de;

const HANDED_OVER = 'Gib sie selbst weiter, auf Papier oder am Telefon: Wer sie hat, kann sich anmelden.';

function opened({ link, web }: CardFacts): string {
  const inBrowser = web === undefined ? '' : `. Am Computer: ${web} im Browser, ohne etwas zu installieren`;
  return `die Kamera auf das Bild darunter halten, oder ${link} öffnen${inBrowser}`;
}

function typed({ address, person, password }: CardFacts): string[] {
  return [`2. Homeserver: ${address}`, `3. Benutzer: ${person}`, `4. Passwort: ${password}`];
}

function goesAway({ days }: CardFacts): string {
  return `Das Passwort habe ich schon vergessen. Diese Nachricht nehme ich zurück, sobald die Person angemeldet ist, spätestens nach ${count(days, 'Tag', 'Tagen')}.`;
}

/** Who makes an account that the bot may not make, and what its person does then. */
function byHand(local: Markdown, bot: Markdown): string {
  return `Du legst es auf dem Server an: \`register_new_matrix_user -c homeserver.yaml --no-admin -u\` ${local}. Gib Name und Passwort weiter; die Person meldet sich mit Element an, richtet die Wiederherstellung ein und beginnt einen Chat mit ${bot}. Oder lass es mich künftig tun: Einrichtung mit \`makesAccounts: true\`, oder \`homeserver.adminTokenFile\` in meinen Einstellungen.`;
}

/** German: accounts of the homeserver. */
export const accounts: Entries<AccountFacts> = {
  'account.made': ({ person }) => `Das Konto ${person} habe ich auf dem Homeserver angelegt.`,
  'account.card': (card) =>
    [
      `**Einrichtungskarte.** ${HANDED_OVER}`,
      `1. **Element** auf dem Handy installieren: ${opened(card)}`,
      ...typed(card),
      '5. Die Wiederherstellung einrichten und die Sitzung bestätigen, wie Element es anbietet: Ich antworte nur bestätigten Sitzungen. Den Wiederherstellungsschlüssel auf Papier aufheben: Ohne ihn sind Nachrichten mit dem Handy weg.',
      '6. Das Passwort ändern (am Computer: Einstellungen, Konto).',
      `7. Einen Chat mit ${card.bot} beginnen.`,
      '',
      goesAway(card),
    ].join('\n'),
  'account.reset-card': (card) =>
    [
      `**Karte für ein neues Passwort.** ${HANDED_OVER}`,
      'Es ist dasselbe Konto wie vorher, mit seinen Chats: Nur das Passwort ist neu, und jedes Handy und jeder Computer ist abgemeldet. Deine Dokumente bei mir sind, wie sie waren, und deine API-Schlüssel gelten weiter.',
      `1. **Element** öffnen. Auf einem neuen Handy: ${opened(card)}`,
      ...typed(card),
      '5. Die neue Sitzung mit dem Wiederherstellungsschlüssel bestätigen, auf jedem Gerät neu: Ich antworte nur bestätigten Sitzungen, und frühere Nachrichten sind dann wieder lesbar.',
      `6. Ohne Wiederherstellungsschlüssel von Element eine neue Identität und Wiederherstellung einrichten lassen. Frühere Nachrichten bleiben dann unlesbar; und wenn ich von dir eine andere Identität kannte, warte ich, bis ein Admin die neue mit dir verglichen und ${card.confirm} geschickt hat.`,
      '7. Das Passwort ändern (am Computer: Einstellungen, Konto).',
      `8. Im Chat mit ${card.bot} weitermachen.`,
      '',
      goesAway(card),
    ].join('\n'),
  'account.picture': () =>
    'Für die Kamera des Handys: öffnet Element mit eingetragenem Homeserver, oder die Seite, die es installiert. Das Passwort steht nicht darin.',
  'account.there': ({ person, bot, reset }) =>
    `Das Konto ${person} gibt es schon, darum keine Einrichtungskarte: Angemeldet wird sich mit dem Passwort dazu; dann einen Chat mit ${bot} beginnen. ${reset === undefined ? 'Wenn es niemand weiß, macht ein neues, wer den Homeserver betreibt: Ich darf es nicht.' : `Wenn es niemand weiß: ${reset} macht ein neues, mit einer Karte.`}`,
  'account.elsewhere': ({ person, bot }) =>
    `Das Konto ${person} liegt auf einem anderen Homeserver, wo ich keins anlege: Von dort aus einen Chat mit ${bot} beginnen.`,
  'account.is-closed': ({ person }) =>
    `Aber das Konto ${person} wurde geschlossen, und niemand kann sich dort mehr anmelden. Nimm einen anderen Namen oder öffne es auf dem Server wieder.`,
  'account.missing': ({ person, local, bot }) =>
    `Das Konto ${person} gibt es noch nicht, und ich darf keins anlegen, darum keine Einrichtungskarte. ${byHand(local, bot)}`,
  'account.unseen': ({ person, local, bot }) =>
    `Ich darf keine Konten anlegen, und der Homeserver sagt mir nicht, ob es ${person} gibt, darum keine Einrichtungskarte. Wenn ja: mit dem Passwort dazu anmelden und einen Chat mit ${bot} beginnen. Wenn nein: ${byHand(local, bot)}`,
  'account.no-right': ({ person }) =>
    `Um das Konto ${person} konnte ich mich nicht kümmern: Der Homeserver lehnt mein Recht über Konten ab. Gehört das Token in der Datei von \`homeserver.adminTokenFile\` noch einem Administrator? Wenn ja, starte mich neu und schick das noch einmal.`,
  'account.reset-own': () =>
    'Das Konto dessen, der fragt, setze ich nicht zurück: Du wärst abgemeldet, bevor du das neue Passwort lesen könntest. Ändere es in Element (Einstellungen, Konto), oder lass es einen anderen Admin tun.',
  'account.reset-preview': ({ person, confirm }) =>
    `Das gibt ${person} ein neues Passwort und meldet alle Geräte der Person ab. Ihre Dokumente bleiben. Ohne ihren Wiederherstellungsschlüssel kann sie alte Nachrichten nicht mehr lesen und zeigt eine neue Identität, die du dann bestätigst.\nSchick dafür innerhalb von zehn Minuten ${confirm}.`,
  'account.reset-admin': ({ person, confirm }) =>
    `${person} ist Admin: Wer das neue Passwort hat, kann hier alles, was du kannst. Hast du mit der Person gesprochen, persönlich oder am Telefon?\nWenn ja, schick innerhalb von zehn Minuten ${confirm}.`,
  'account.reset-done': ({ person }) => `${person} hat ein neues Passwort und ist überall abgemeldet.`,
  'account.stays': ({ server, close }) =>
    close === undefined
      ? `Das Konto auf ${server} bleibt: Anmelden und die eigenen Chats lesen geht dort weiter.`
      : `Das Konto auf ${server} bleibt: Anmelden und die eigenen Chats lesen geht dort weiter. ${close} schließt es endgültig, solange die Papiere noch nicht gelöscht sind.`,
  'account.close-known': ({ person }) =>
    `${person} darf noch mit mir reden und wäre von allem ausgesperrt. Entferne die Person zuerst; dann lässt sich das Konto schließen.`,
  'account.close-preview': ({ person, confirm }) =>
    `Das schließt das Konto ${person} endgültig: Niemand kann sich dort mehr anmelden, und der Name wird nie wieder vergeben. Was ich der Person noch zu sagen habe (ihren Export, die Quittung der Löschung), kann sie dann nicht lesen. Ich kann es nicht rückgängig machen.\nSchick dafür innerhalb von zehn Minuten ${confirm}.`,
  'account.closed': ({ person }) => `Das Konto ${person} ist geschlossen.`,
};
