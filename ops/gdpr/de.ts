import { DAILY_KEPT_DAYS } from '../../core/daily-figures.ts';
import type { Age } from '../../core/retention/age.ts';
import { EMPTY_ROOM_KEPT_MS } from '../../core/rooms.ts';
import type { GdprFacts, ModelFact } from './facts.ts';
import { bullets, type Papers, paper, table } from './paper.ts';

const day = new Intl.DateTimeFormat('de-DE', { dateStyle: 'long' });
const fill = (what: string) => `**[auszufüllen: ${what}]**`;

const CONTROLLER = [
  `Verantwortlich: ${fill('Name und Anschrift dessen, der über diesen Server bestimmt')}`,
  `Kontakt: ${fill('E-Mail oder Telefon')}`,
  `Datenschutzbeauftragte, falls nötig: ${fill('Name oder „keine“')}`,
];

/** The papers in German. For `kinkeeper gdpr`. */
export const GERMAN: Papers = {
  record: { file: 'verarbeitungsverzeichnis.de.md', text: record },
  assessment: { file: 'folgenabschaetzung.de.md', text: assessment },
  notice: { file: 'datenschutzhinweise.de.md', text: notice },
};

function record(facts: GdprFacts): string {
  return paper('Verzeichnis der Verarbeitungstätigkeiten (Artikel 30 DSGVO und UK GDPR)', [
    ['', preface(facts)],
    ['Verantwortliche', bullets(CONTROLLER, '')],
    ['Zweck', 'Die eigenen Papiere einer Familie auffindbar halten und ihre eigenen Fragen daraus beantworten.'],
    [
      'Wessen Daten',
      bullets(
        [
          `${facts.people} ${facts.people === 1 ? 'Person benutzt' : 'Personen benutzen'} es, ${facts.admins} als Admin`,
          'Menschen, die in ihren Papieren vorkommen (Angehörige, Ärzte, Vermieter, Firmen)',
        ],
        '',
      ),
    ],
    ['Welche Daten', bullets(dataKept(facts), '')],
    ['Wer sie erhält', bullets(recipients(facts), '')],
    ['Übermittlung in andere Länder', transfers(facts)],
    ['Wie lange', retentionTable(facts)],
    ['Sicherheit (Artikel 32), wie an diesem Tag vorgefunden', measures(facts)],
    ['Was dieses Verzeichnis nicht weiß', bullets(unknown(facts), '')],
  ]);
}

function assessment(facts: GdprFacts): string {
  return paper('Datenschutz-Folgenabschätzung (Artikel 35), vorausgefüllt', [
    ['', preface(facts)],
    ['Was geschieht', `${description(facts)}\n\n${bullets(dataKept(facts), '')}`],
    [
      'Warum, und ob weniger reichte',
      'Der Text der Papiere wird aufbewahrt, damit eine Frage mit ihrer Fundstelle beantwortet werden kann. Die Dateien selbst werden nicht aufbewahrt. Vektoren und Wortverzeichnisse entstehen aus dem Text, liegen in derselben verschlüsselten Datei und verschwinden mit ihm. Niemand wird bewertet, und über niemanden wird entschieden.',
    ],
    ['Risiken und was dagegen steht', risks(facts)],
    ['Sicherheit, wie an diesem Tag vorgefunden', measures(facts)],
    ['Rechte der Betroffenen', rights(facts)],
    [
      'Von den Verantwortlichen zu entscheiden',
      bullets(
        [
          `Ist das verbleibende Risiko hinnehmbar? ${fill('ja oder nein, und warum')}`,
          `Standpunkt der Betroffenen: ${fill('wer gefragt wurde, was gesagt wurde')}`,
          `Nächste Überprüfung: ${fill('Datum')}`,
          `Unterschrift: ${fill('Name, Datum')}`,
        ],
        '',
      ),
    ],
    ['Was diese Abschätzung nicht weiß', bullets(unknown(facts), '')],
  ]);
}

function notice(facts: GdprFacts): string {
  return paper('Datenschutzhinweise (Artikel 13 und 14)', [
    ['', preface(facts)],
    ['Wer verantwortlich ist', bullets(CONTROLLER, '')],
    ['Was verarbeitet wird, und wozu', `${description(facts)}\n\n${bullets(dataKept(facts), '')}`],
    [
      'Auf welcher Grundlage',
      `${fill('zum Beispiel Einwilligung, Artikel 6 Absatz 1 Buchstabe a und, bei Gesundheitspapieren, 9 Absatz 2 Buchstabe a; rein persönliche oder familiäre Tätigkeiten nimmt Artikel 2 Absatz 2 Buchstabe c von der DSGVO aus')}`,
    ],
    ['Wer sie erhält', `${bullets(recipients(facts), '')}\n\n${transfers(facts)}`],
    ['Wie lange', retentionTable(facts)],
    [
      'Deine Rechte',
      `${rights(facts)}\n\nDu kannst dich bei einer Aufsichtsbehörde beschweren: im Vereinigten Königreich beim Information Commissioner’s Office, sonst bei ${fill('eurer Behörde')}.`,
    ],
    [
      'Entscheidungen durch Maschinen',
      'Keine. Ein Sprachmodell, wo es eines gibt, fasst nur Antworten aus deinen eigenen Papieren in Worte; jeder Satz wird mit der Stelle verglichen, auf der er ruht, bevor er gezeigt wird, und kann doch falsch sein.',
    ],
    ['Was diese Hinweise nicht wissen', bullets(unknown(facts), '')],
  ]);
}

function preface(facts: GdprFacts): string {
  return `Von Kinkeeper am ${day.format(facts.at)} aus den Einstellungen und dem Zustand dieser Installation geschrieben. Es ist keine Rechtsberatung. Was mit „auszufüllen“ gekennzeichnet ist, kann niemand außer euch wissen; prüft auch den Rest.`;
}

function description({ bot, documents }: GdprFacts): string {
  const kept = documents === undefined ? '' : ` Bei der letzten Zählung waren es ${documents} Dokumente.`;
  return `Menschen schicken Papiere in Ende-zu-Ende-verschlüsselten Chats an das Matrix-Konto ${bot ?? '(noch nicht eingerichtet)'}. Es liest sie in einem abgeschlossenen Prozess, bewahrt ihren Text verschlüsselt unter einem eigenen Schlüssel jeder Person auf, vergisst die Dateien und beantwortet die Fragen dieser Person aus ihren Papieren und aus dem, was andere ihr geliehen haben. In einem Familienraum antwortet es aus dem, was dorthin geschickt wurde.${kept}`;
}

function dataKept({ models }: GdprFacts): string[] {
  return [
    'Text, Name, Größe, Daten und Fingerabdruck der geschickten Papiere, mit Notizen; darunter können besondere Kategorien sein (Artikel 9), etwa Gesundheit',
    'Fragen und Antworten, und als schlecht markierte Antworten',
    models?.embedding
      ? `Vektoren, die ${models.embedding.name} aus den Texten macht`
      : 'Wortverzeichnisse und Wortvektoren aus den Texten',
    'Leihgaben: wer wem welches Papier bis wann leiht, mit einer Kopie zum Lesen unter einem eigenen Schlüssel',
    'Familienräume: die dorthin geschickten Papiere und was dort gefragt wurde, unter einem eigenen Schlüssel des Raums, und wer was geschickt hat',
    'Matrix-Adresse, Rolle, Sprache, Zeitpunkt der Aufnahme und der öffentliche Schlüssel der Matrix-Identität, an der jemand erkannt wird',
    'eine Protokollkette: wer wann welche verwaltende, löschende oder öffnende Handlung mit welchem Ausgang vorgenommen hat; nie Inhalte',
    'Aufzeichnungen über Aufgaben und Warnungen: Anzahlen, Größen und Fehler',
  ];
}

function recipients({ homeserver, models, index }: GdprFacts): string[] {
  return [
    `der Homeserver ${homeserver ?? '(noch nicht eingerichtet)'}: verschlüsselte Nachrichten, und wer wann mit dem Bot spricht`,
    ...(models === undefined
      ? ['Sprach- und Einbettungsmodelle: nicht bekannt, weil der Bot noch nicht gelaufen ist']
      : [
          model('Antworten formuliert', models.answering, 'kein Sprachmodell: Antworten sind die Stellen selbst'),
          model('Vektoren macht', models.embedding, 'kein Einbettungsmodell'),
        ]),
    ...(index === undefined
      ? []
      : [`der Qdrant-Server ${index}: versiegelte Stellen, verschlüsselte Wörter, gedrehte Vektoren`]),
    'andere aus dem Haushalt: Papiere, die ihnen jemand leiht, zum Lesen, und was in Familienräume geschickt wird, in denen sie sind',
    `der Anbieter des Servers: ${fill('Name, Anschrift, Vertrag (Artikel 28)')}`,
  ];
}

function model(what: string, used: ModelFact | null, none: string): string {
  if (used === null) return none;
  return used.host === null
    ? `${what} ${used.name} auf diesem Server: Niemand erhält etwas`
    : `${what} ${used.name} auf ${used.host}; dorthin gehen die Texte dafür im Klartext`;
}

function transfers({ models, homeserver }: GdprFacts): string {
  const hosts = [models?.answering?.host, models?.embedding?.host, homeserver].filter(
    (host) => typeof host === 'string',
  );
  return `In welchen Ländern diese stehen, weiß Kinkeeper nicht: ${fill(`Land und Garantie für ${[...new Set(hosts), 'den Anbieter'].join(', ')}`)}.`;
}

function retentionTable({ retention: { person, house }, erase, makesBackups }: GdprFacts): string {
  const own = ({ kept, least, most }: (typeof person)['chat']) => `${age(kept)}; ${range(least, most)}`;
  const rows = [
    ['Dokumente und alles daraus Gemachte', own(person.documents)],
    ['Fragen und Antworten', own(person.chat)],
    ['als schlecht markierte Antworten', own(person.badAnswers)],
    [
      'verliehene Kopien',
      'bis zum genannten Tag, oder bis eine der beiden Personen es beendet; sofort, wenn das Papier vergessen wird',
    ],
    [
      'Familienräume',
      `bis jemand vergessen lässt, was er dorthin geschickt hat; alles davon noch ${length(EMPTY_ROOM_KEPT_MS)}, nachdem die letzte Person des Haushalts gegangen ist`,
    ],
    [
      'alles über jemanden, der gelöscht werden will',
      `noch ${length(erase.coolingOffMs)}; so lange lässt es sich zurücknehmen`,
    ],
    [
      'alles über jemanden, den ein Admin aus dem Haushalt genommen hat',
      `noch ${length(erase.afterRemovalMs)}, versiegelt; so lange kann man die Person wieder hereinlassen`,
    ],
    [
      'dass jemand gelöscht wurde: eine Quittung und ein Zeichen, damit keine Sicherung die Person zurückbringt',
      'so lange wie diese Installation; beide nennen niemanden, wenn man nicht die Adresse und die Schlüssel hat',
    ],
    ['Protokollkette', age(house.audit)],
    ['Aufzeichnungen über Aufgaben', age(house.jobs)],
    ['erledigte Warnungen', age(house.alerts)],
    ['welche Nachrichten erledigt sind', age(house.ids)],
    ['Tageszahlen des Hauses: Größen, Anzahlen und Antwortzeiten aller zusammen', age(DAILY_KEPT_DAYS)],
  ];
  const backups = makesBackups
    ? 'Sicherungen können Entferntes enthalten, bis sie selbst entfernt werden: siehe die Einstellungen `backup`.'
    : 'Diese Version macht selbst keine Sicherungen; ob der Server auf andere Weise gesichert wird, ist nicht bekannt.';
  return `${table(['was', 'wie lange'], rows)}\n\nWas lange genug aufbewahrt war, wird stündlich entfernt; Dokumente werden ihrer Person eine Woche vorher genannt. In Familienräumen gelten dieselben Zeiten für alle, ohne Wahl (was dort gefragt wurde, geht spätestens einen Tag vor der Kennung seiner Nachricht); Dokumente werden im Raum genannt. ${backups}`;
}

function measures({ findings, auditRows, passphrase }: GdprFacts): string {
  const good = findings.filter(({ status }) => status === 'ok').map(({ check, says }) => `${check}: ${says}`);
  const bad = findings
    .filter(({ status }) => status !== 'ok')
    .map(({ check, says, fix }) => `${check}: ${says}${fix ? ` – ${fix}` : ''}`);
  return [
    bullets(
      [
        'alles Aufbewahrte liegt in verschlüsselten Dateien (AEGIS), ein Schlüssel je Person, umhüllt von einem Hauptschlüssel, den eine Passphrase öffnet',
        passphrase === 'file'
          ? 'die Passphrase liegt in einer Datei oder einem Credential des Servers'
          : 'die Passphrase wird bei jedem Start eingegeben und nirgends gespeichert',
        auditRows === undefined
          ? '**die Protokollkette ist gebrochen: findet heraus, wer sie verändert hat**'
          : `die Protokollkette wurde geprüft: ${auditRows} ${auditRows === 1 ? 'Zeile' : 'Zeilen'}, heil`,
      ],
      '',
    ),
    `Was \`kinkeeper doctor\` an diesem Tag in Ordnung fand (in seinen eigenen, englischen Worten):\n\n${bullets(good, 'nichts')}`,
    `Nicht, wie es sein sollte:\n\n${bullets(bad, 'nichts von dem, was `kinkeeper doctor` ansieht')}`,
  ].join('\n\n');
}

function risks(facts: GdprFacts): string {
  const remote = [facts.models?.answering, facts.models?.embedding].filter((one) => one?.host);
  return table(
    ['Risiko', 'was dagegen steht', 'was bleibt'],
    [
      [
        'Festplatte oder Sicherung wird gestohlen',
        'verschlüsselte Dateien; Schlüssel, die eine Passphrase öffnet',
        facts.passphrase === 'file'
          ? 'wer den ganzen laufenden Server hat, findet vielleicht auch die Datei mit der Passphrase'
          : 'Größen, Zeiten, Zahl der Personen',
      ],
      [
        'ein Admin liest mit',
        'Admins sehen Anzahlen und Fehler, nie Worte',
        'wer root auf der laufenden Maschine ist, kann ihren Speicher lesen',
      ],
      [
        'ein anderes Familienmitglied sieht Papiere',
        'eine Datei und ein Schlüssel je Person',
        'was Menschen einander zeigen',
      ],
      [
        'ein verliehenes Papier gerät weiter als gewollt',
        'verliehen wird zum Lesen, ohne Notizen, an eine Person, auf Wunsch nur bis zu einem Tag; das Ende vernichtet die Kopie und ihren Schlüssel sofort',
        'was vorher beantwortet oder abgeschrieben wurde',
      ],
      [
        'ein Papier gerät aus Versehen in einen Familienraum',
        'niemandes eigene Papiere erscheinen dort; wer ein Papier geschickt hat, kann es vergessen lassen; ist jemand Unbekanntes im Raum, wird nichts gelesen und nichts beantwortet; wer gegangen ist, kann nichts mehr fragen',
        'die Nachrichten des Raums, die alle dort gesehen haben',
      ],
      [
        'der Homeserver wird übernommen',
        'Ende-zu-Ende-Verschlüsselung, nur an bestätigte Geräte',
        'wer wann mit dem Bot spricht',
      ],
      [
        'eine Datei greift an, was sie liest',
        'gelesen in einem abgeschlossenen Prozess',
        'dass diese eine Datei nicht gelesen wird',
      ],
      [
        'ein Modell schickt Texte anderswohin',
        remote.length === 0
          ? 'kein Modell auf einer anderen Maschine ist in Gebrauch'
          : `**Texte gehen an ${[...new Set(remote.map((one) => one?.host))].join(', ')}**`,
        remote.length === 0 ? 'nichts' : 'was dort mit ihnen geschieht',
      ],
      [
        'eine falsche Antwort wird geglaubt',
        'Sätze werden mit ihrer Stelle verglichen; die Stelle wird gezeigt',
        'nachsehen muss der Mensch',
      ],
      [
        'Daten werden zu lange aufbewahrt',
        'die Fristen oben, gezeigt und geändert im Chat',
        'Kopien, die Menschen selbst gemacht haben',
      ],
    ],
  );
}

function rights({ erase }: GdprFacts): string {
  return bullets(
    [
      'sehen: `!datenschutz`, `!dateien`, `!zeige`, `!verliehen`, `!protokoll` im eigenen Chat',
      'mitnehmen: `!exportiere`',
      'berichtigen: eine neuere Datei gleichen Namens schicken; `!behalte` verwendet die frühere Fassung wieder',
      'löschen: `!vergiss`, `!vergiss alles`, `!vergiss gespräch`, oder die Nachricht mit der Datei löschen; `!vergiss` in einem Familienraum für das, was man dorthin geschickt hat',
      'beenden, was man verleiht oder geliehen hat: `!zurücknehmen`',
      `alles löschen und gehen: \`!lösch-mich\`; es lässt sich noch ${length(erase.coolingOffMs)} lang zurücknehmen und endet mit einer unterschriebenen Quittung`,
      'begrenzen, wie lange: `!aufbewahrung`',
      `widersprechen: es einem Admin sagen, der einen auch aus dem Haushalt nehmen kann; dann wird nach ${length(erase.afterRemovalMs, 'n')} alles gelöscht`,
    ],
    '',
  );
}

function unknown({ models, makesBackups }: GdprFacts): string[] {
  return [
    'Name und Anschrift der Verantwortlichen, und ob die DSGVO überhaupt gilt (rein persönlicher oder familiärer Gebrauch)',
    'den Anbieter des Servers, sein Land und den Vertrag mit ihm',
    'wer den Raum oder das Konto betreten kann, in dem der Server steht',
    ...(makesBackups ? [] : ['ob und wo der Server gesichert wird']),
    ...(models === undefined ? ['welche Modelle die Texte lesen: Der Bot ist noch nicht gelaufen'] : []),
    'wovon die Papiere handeln: Kinkeeper sieht für dieses Papier niemandes Inhalte an',
  ];
}

/** What people may choose, as the end of a sentence. */
function range(least: Age, most: Age): string {
  if (least === most) return 'nichts anderes wählbar';
  return most === 'forever'
    ? `wählbar: ${age(least)} oder mehr, auch ohne Ende`
    : `wählbar: ${age(least)} bis ${age(most)}`;
}

/** Milliseconds in days, or in hours where they are no whole days; `dative` is the ending of days there ("nach 3 Tagen"). */
function length(milliseconds: number, dative = ''): string {
  const hours = Math.round(milliseconds / 3_600_000);
  if (hours === 0) return dative === '' ? 'keine Zeit' : 'keiner Wartezeit';
  if (hours % 24 !== 0) return `${hours} ${hours === 1 ? 'Stunde' : 'Stunden'}`;
  return `${hours / 24} ${hours === 24 ? 'Tag' : `Tage${dative}`}`;
}

function age(value: Age): string {
  if (value === 'forever') return 'bis die Person es anders sagt';
  const [count, one, many] = value % 365 === 0 ? [value / 365, 'Jahr', 'Jahre'] : [value, 'Tag', 'Tage'];
  return `${count} ${count === 1 ? one : many}`;
}
