import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { LabelTexts, SummaryTexts, UsageFacts } from '../facts/commands.ts';

const { number } = FORMATS.de;

/** German: commands in help, their arguments, and what is wrong with a call. */
export const usage: Entries<SummaryTexts & LabelTexts & UsageFacts> = {
  'summary.help': () => 'zeigt, was ich verstehe',
  'summary.files': () => 'listet deine Dokumente auf, die ich kenne',
  'summary.show': () => 'zeigt, was ich von einem Dokument behalte, oder eine Seite davon',
  'summary.export': () => 'schickt dir alles, was ich über dich behalte, oder den Text eines Dokuments',
  'summary.forget': () => 'vergisst ein Dokument endgültig, oder mehrere (`1 2 5-7`)',
  'summary.forget chat': () => 'vergisst, was ich von unserem Gespräch weiß',
  'summary.forget all': () => 'vergisst nach einer Rückfrage alle deine Dokumente endgültig',
  'summary.delete-me': () => 'löscht nach einer Rückfrage und etwas Bedenkzeit alles über dich',
  'summary.delete-me stop': () => 'nimmt das zurück',
  'summary.stop': () => 'beantwortet deine Fragen nicht weiter und schickt deinen Export nicht weiter',
  'summary.feedback': () =>
    'zeigt die Antworten, die du mit Daumen runter markiert hast; in einem Familienraum die dort markierten',
  'summary.feedback clear': () => 'vergisst sie',
  'summary.keep': () => 'verwendet eine frühere Fassung eines Dokuments wieder, neben der neueren',
  'summary.share': () => 'verleiht ein Dokument an jemanden aus dem Haushalt, zum Lesen',
  'summary.shares': () => 'listet auf, was du verleihst und was an dich verliehen ist',
  'summary.shares end': () => 'beendet eins davon; die Kopie und ihr Schlüssel werden vernichtet',
  'summary.shares show': () => 'zeigt, was ich von einem verliehenen Dokument behalte, oder eine Seite davon',
  'summary.shares text': () => 'schickt dir den Text eines Dokuments, das an dich verliehen ist',
  'summary.unshare': () =>
    'nimmt ein Dokument von allen zurück, denen du es geliehen hast, oder beendet eine Leihe (`L2`)',
  'summary.password': () => 'öffnet die Datei, die nach ihrem Passwort gefragt hat; einmal verwendet und vergessen',
  'summary.whoami': () => 'zeigt, für wen ich dich halte',
  'summary.privacy': () => 'zeigt, was über dich gespeichert ist, wo, und wer es sehen kann',
  'summary.language': () => 'ändert die Sprache, in der ich mit dir rede',
  'summary.status': () => 'zeigt, wie es Bot und Aufgaben geht',
  'summary.people': () => 'listet auf, wer mit mir reden darf',
  'summary.people add': () => 'lässt jemanden mit mir reden oder ändert die Rolle; legt das Konto an, wo ich das darf',
  'summary.people remove': () => 'lässt jemanden sofort nicht mehr mit mir reden und löscht später alles',
  'summary.people confirm': () =>
    'bestätigt nach einer Rückfrage, dass eine geänderte Identität wirklich die der Person ist',
  'summary.people reset': () =>
    'gibt jemandem nach einer Rückfrage ein neues Passwort für das Konto und meldet überall ab',
  'summary.people close': () => 'schließt nach einer Rückfrage endgültig das Konto von jemandem, der entfernt wurde',
  'summary.people erase': () => 'löscht nach einer Rückfrage jetzt alles über eine Person',
  'summary.alerts': () => 'listet die letzten Warnungen auf oder zeigt eine ganz',
  'summary.alerts ack': () => 'sagt, dass du eine Warnung gesehen hast',
  'summary.alerts snooze': () => 'verschiebt eine Warnung auf später',
  'summary.apikey': () => 'listet deine Schlüssel für Scanner, Skripte und das Teilen-Menü deines Handys auf',
  'summary.apikey new': () => 'macht einen solchen Schlüssel und zeigt ihn einmal',
  'summary.apikey revoke': () => 'sperrt einen solchen Schlüssel sofort',
  'summary.keys': () => 'zeigt, wie alt die Schlüssel sind',
  'summary.keys rotate': () => 'macht neue Schlüssel für alle Dokumente und zerstört die alten',
  'summary.keys confirm': () =>
    'zeigt, dass du den Wiederherstellungscode aufgeschrieben hast, und nimmt ihn aus diesem Raum zurück',
  'summary.backups': () => 'listet die Sicherungen auf und was davon erprobt ist',
  'summary.checklist': () =>
    'zeigt, was von der Sicherheits-Checkliste stimmt, am Server gelesen, und was den Rest in Ordnung bringt',
  'summary.jobs': () => 'listet die Aufgaben auf, wann sie laufen und wie es ausging',
  'summary.update': () =>
    'bringt mich auf die neueste Version, mit einem Weg zurück, oder sagt zur Probe, ob es eine gibt',
  'summary.run': () => 'lässt eine Aufgabe jetzt laufen, oder nur zur Probe',
  'summary.cancel': () => 'beendet eine Aufgabe, die läuft, und nimmt zurück, was wartet',
  'summary.rotate': () => 'was nach einem Einbruch zu wechseln ist, eins nach dem anderen, und wie weit du damit bist',
  'summary.incident': () => 'die sechs Schritte bei einem Vorfall, und wie weit jeder ist',
  'summary.incident report': () => 'schickt den Bericht über einen Vorfall, gefüllt aus den Aufzeichnungen',
  'summary.incident rehearse': () => 'geht die Schritte durch, ohne zu schaden, und sagt, wie lange jeder dauert',
  'summary.evidence': () =>
    'sichert Protokolle und Aufzeichnungen des Geschehenen, versiegelt mit den Schlüsseln der Sicherungen',
  'summary.lockdown': () =>
    'nimmt alle Schlüssel aus dem Speicher, bis mich jemand an der Konsole des Servers entsperrt',
  'summary.retention': () => 'zeigt, wie lange ich behalte, was dir gehört, und ändert es',
  'summary.audit': () => 'zeigt, was über dich notiert ist: wer was wann getan hat',
  'summary.audit verify': () => 'prüft, dass niemand die Protokollkette verändert hat',

  'label.all': () => 'alle',
  'label.rotate-act': () => 'jetzt, erledigt, auslassen oder beginnen',
  'label.item': () => 'was',
  'label.form': () => 'html oder markdown',
  'label.since': () => 'ab Tag',
  'label.until': () => 'bis Tag',
  'label.command': () => 'Befehl',
  'label.document': () => 'Nummer',
  'label.page': () => 'Seite',
  'label.page-or-word': () => 'Seite oder Wort',
  'label.password': () => 'Passwort',
  'label.language': () => 'Sprache',
  'label.person': () => '@name:server',
  'label.share': () => 'L und Nummer',
  'label.share-terms': () => 'an @name:server [bis 31.12.2027]',
  'label.paper': () => 'Nummer, oder L und Nummer',
  'label.admin': () => 'admin',
  'label.api-key': () => 'Nummer',
  'label.api-key-name': () => 'Name',
  'label.api-key-terms': () => 'was er darf, oder --upload-only; für 90 Tage',
  'label.yes': () => 'ja',
  'label.alert': () => 'Warnung',
  'label.time': () => 'wie lange',
  'label.take-along': () => 'export',
  'label.job': () => 'Aufgabe',
  'label.dry': () => 'probe',
  'label.code': () => 'Code',
  'label.last-group': () => 'letzte fünf Zeichen',
  'label.what-how-long': () => 'was und wie lange',

  'command.unknown': ({ name, suggestion }) =>
    suggestion === undefined
      ? `Den Befehl „${name}“ kenne ich nicht. \`!hilfe\` zeigt, was ich verstehe.`
      : `Den Befehl „${name}“ kenne ich nicht. Meinst du ${suggestion}?`,
  'command.elsewhere-ops': () => 'Dieser Befehl geht nur im Betriebsraum.',
  'command.elsewhere-direct': () => 'Dieser Befehl geht nur in deinem Direktchat mit mir.',
  'command.admin-only': () => 'Das darf nur ein Admin.',
  'usage.missing': ({ usage: line }) => `Da fehlt etwas. So geht es: ${line}`,
  'usage.extra': ({ given, usage: line }) => `Mit „${given}“ kann ich nichts anfangen. So geht es: ${line}`,
  'usage.number': ({ given, usage: line }) => `„${given}“ ist keine Nummer aus der Liste. So geht es: ${line}`,
  'usage.numbers': ({ given, several, stretch, most, list: all }) =>
    `„${given}“ ist keine Nummer aus der Liste. Möglich sind Nummern und Bereiche, ${number(most)} Dokumente auf einmal: ${several} oder ${stretch}. ${all} zeigt die Nummern; \`!vergiss alles\` fragt nach, bevor es alle vergisst.`,
  'usage.loan': ({ mark, show, end }) =>
    `${mark} ist geliehen, und dieser Befehl ist für deine eigenen Dokumente; es wurde nichts getan. ${show} zeigt es, ${end} gibt es zurück (oder nimmt es zurück, wenn du es verleihst).`,
  'usage.many': ({ most, usage: line }) => `Das sind mehr als ${number(most)} auf einmal. So geht es: ${line}`,
  'usage.person': ({ given, usage: line }) =>
    `„${given}“ ist keine vollständige Matrix-Adresse wie \`@ada:example.org\` (wo ein Name genügt: Kleinbuchstaben a-z und Ziffern). So geht es: ${line}`,
  'usage.language': ({ given, usage: line }) =>
    `„${given}“ spreche ich nicht; ich spreche Deutsch (\`de\`) und Englisch (\`en\`). So geht es: ${line}`,
  'usage.choice': ({ given, usage: line }) => `„${given}“ passt hier nicht. So geht es: ${line}`,
};
