import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import { type AuditFacts, type AuditTarget, countedUses } from '../facts/audit.ts';

const { count, list, moment, number, shortMoment } = FORMATS.de;

const OUTCOMES = { done: '', refused: ' – **abgelehnt**, also nicht geschehen', failed: ' – **misslungen**' } as const;

/** German: the audit trail in words. */
export const audit: Entries<AuditFacts> = {
  'audit.none': () =>
    'Über dich ist noch nichts notiert: kein Dokument vergessen, nichts anderes, was eine Zeile hinterlässt.',
  'audit.head': ({ shown }) =>
    shown === 1
      ? '**Was über dich notiert ist**'
      : `**Die letzten ${number(shown)} Dinge, die über dich notiert sind**`,
  'audit.line': ({ at, who, act, outcome }) => `- ${moment(at)}: ${who} – ${act}${OUTCOMES[outcome]}`,
  'audit.you': () => 'du',
  'audit.you-object': () => 'dich',
  'audit.shell': () => 'jemand an der Konsole des Servers',
  'audit.myself': () => 'ich selbst',
  'audit.act': ({ action }) => `„${action}“`,
  'audit.foot': () =>
    'Dort stehen nur Handlungen und Nummern, nie Namen von Dateien oder jemandes Worte. Keine Zeile lässt sich unbemerkt ändern: Jede versiegelt die vor ihr.',
  'audit.whole': ({ rows, first, hash }) =>
    [
      rows === 0
        ? 'Die Protokollkette ist heil: Noch ist nichts notiert.'
        : `Die Protokollkette ist heil: ${count(rows, 'Zeile', 'Zeilen')}${first > 1 ? `, aufbewahrt ab Zeile ${number(first)} (ältere wurden mit einem Prüfpunkt entfernt)` : ''}.`,
      `Siegel der letzten Zeile: \`${hash}\``,
    ].join('\n'),
  'audit.broken': ({ row }) =>
    [
      `**Die Protokollkette passt in Zeile ${number(row)} nicht.** Diese Zeile wurde außerhalb von Kinkeeper geändert, entfernt oder eingefügt; die davor sind heil.`,
      'Finde heraus, wer Zugang zum Server hatte, und vergleiche mit den Siegeln in diesem Raum und in den Verzeichnissen deiner Sicherungen: `kinkeeper audit verify --anchor <Datei>`.',
    ].join('\n'),
  'act.bot.started': () => 'gestartet und den Speicher geöffnet',
  'act.bot.started-sealed': () => 'versiegelt gestartet und auf der Konsole des Servers aufgeschlossen',
  'act.keys.unlock': () => 'Aufschließen auf der Konsole des Servers',
  'act.people.seeded': ({ person }) => `${person} durch die Einstellungsdatei hereingelassen`,
  'act.identity.confirmed': () => 'am Server eine geänderte Identität bestätigt',
  'act.settings.changed': () => 'mit anderen Einstellungen gestartet',
  'act.audit.checkpoint': () => 'alte Zeilen der Protokollkette entfernt',
  'act.checklist.key-trusted': () =>
    'dem Schlüssel, der unterschreibt, was der Host sagt, wurde auf der Konsole neu geglaubt',
  'act.audit.exported': () => 'die Protokollkette wurde auf der Konsole des Servers ausgegeben',
  'act.console.started': () => 'hat am Server die Konsole zum Ausprobieren geöffnet',
  'act.retention.applied': () => 'entfernt, was lange genug aufbewahrt war',
  'act.outside.closed': () => 'den Zugang von außen geschlossen',
  'act.outside.opened': () => 'den Zugang von außen wieder geöffnet',
  'act.evidence.made': () => 'Beweise gesichert',
  'act.incident.reported': () => 'den Bericht über einen Vorfall geschrieben',
  'act.incident.rehearsed': () => 'einen Vorfall geübt',
  'act.password.changed': () => 'mein eigenes Passwort wechseln lassen',
  'act.api-keys.ended': () => 'alle API-Schlüssel gesperrt',
  'act.ssh-keys.changed': () => 'die Host-Schlüssel von SSH gewechselt',
  'act.wireguard.changed': () => 'die Schlüssel von WireGuard gewechselt',
  'act.api.used': ({ numbers, word, span }) =>
    `API-Schlüssel ${numbers.join(', ')} benutzt: ${list(usesOf(word))}${span === undefined ? '' : when(span)}`,
  'act.account.reset': () => 'einem Konto ein neues Passwort gegeben',
  'act.setup.guest-added': () => 'den Gast der Einrichtung eingelassen, um alles auszuprobieren',
  'act.setup.guest-erased': () => 'den Gast der Einrichtung löschen lassen',
  'act.data.imported': () => 'den Inhalt eines Exports aufgenommen',
  'act.data.restored': () => 'Dokumente aus einer Sicherung zurückgeholt',
  'act.backup.restored': () => 'alles aus einer Sicherung wiederhergestellt',
  'act.keys.rotate': () => 'um einen neuen Schlüssel gebeten',
  'did.forget': ({ numbers }) => `${documents(numbers)} vergessen lassen`,
  'did.forget all': () => 'den Befehl gegeben, alle Dokumente zu vergessen',
  'did.forget chat': () => 'das Gespräch vergessen lassen',
  'did.feedback clear': () => 'die markierten Antworten vergessen lassen',
  'did.export': ({ numbers }) => (numbers.length === 0 ? 'alles exportiert' : `${documents(numbers)} schicken lassen`),
  'did.retention': ({ word }) => `geändert, wie lange ${CLASSES[word] ?? 'etwas'} aufbewahrt wird`,
  'did.share': ({ numbers, person }) => `${documents(numbers)} an ${person} verliehen`,
  'did.shares end': ({ mark }) => `die Leihe ${mark} beendet`,
  'did.unshare': ({ numbers, mark }) =>
    mark === '' ? `${documents(numbers)} zurückgenommen` : `die Leihe ${mark} beendet`,
  'did.delete-me': () => 'den Befehl gegeben, alles zu löschen',
  'did.delete-me stop': () => 'das zurückgenommen',
  'did.people add': ({ person, word }) => `${person} hereingelassen${word === 'admin' ? ', als Admin' : ''}`,
  'did.people confirm': ({ person }) => `die neue Identität von ${person} bestätigt`,
  'did.people reset': ({ person }) => `für ${person} ein neues Passwort beim Homeserver gesetzt`,
  'did.people close': ({ person }) => `das Konto ${person} auf dem Homeserver geschlossen`,
  'did.people remove': ({ person }) => `${person} aus dem Haushalt genommen`,
  'did.people erase': ({ person }) => `den Befehl gegeben, ${person} zu löschen`,
  'did.keys confirm': () => 'den Wiederherstellungscode bestätigt',
  'did.keys rotate': () => 'um neue Schlüssel gebeten',
  'did.run': ({ word }) => `einen Lauf der Aufgabe „${word}“ verlangt`,
  'did.update': ({ word }) =>
    word === 'dry' ? 'nach einer neueren Version von mir gefragt' : 'eine Aktualisierung von mir verlangt',
  'did.cancel': ({ word }) => `die Aufgabe „${word}“ abgebrochen`,
  'did.alerts ack': ({ word }) => `die Warnung ${word} zur Kenntnis genommen`,
  'did.alerts snooze': ({ word }) => `die Warnung ${word} verschoben`,
  'did.lockdown': () => 'mich gesperrt',
  'did.rotate': ({ word }) => `am Wegweiser zum Wechseln weitergemacht${word === '' ? '' : `: ${word}`}`,
  'did.incident report': () => 'den Bericht über einen Vorfall verlangt',
  'did.incident rehearse': () => 'einen Vorfall geübt',
  'did.evidence': () => 'Beweise verlangt',
  'did.apikey new': () => 'einen API-Schlüssel gemacht',
  'did.apikey revoke': ({ numbers }) => `API-Schlüssel ${numbers.join(', ')} gesperrt`,
};

const USES: Readonly<Record<string, readonly [one: string, many: string]>> = {
  upload: ['Dokument geschickt', 'Dokumente geschickt'],
  read: ['Blick in die Liste', 'Blicke in die Liste'],
  ask: ['Frage', 'Fragen'],
  export: ['Export', 'Exporte'],
  delete: ['Dokument zu vergessen', 'Dokumente zu vergessen'],
};

function usesOf(word: string): string[] {
  return countedUses(word).map(({ act, times }) => count(times, ...(USES[act] ?? ([act, act] as const))));
}

function when({ from, to }: NonNullable<AuditTarget['span']>): string {
  return from === to ? ` (${shortMoment(from)})` : ` (zuerst ${shortMoment(from)}, zuletzt ${shortMoment(to)})`;
}

const CLASSES: Readonly<Record<string, string>> = {
  chat: 'unser Gespräch',
  documents: 'der Inhalt deiner Dokumente',
  badAnswers: 'eine markierte Antwort',
};

function documents(numbers: readonly string[]): string {
  if (numbers.length === 0) return 'ein Dokument';
  return `${numbers.length === 1 ? 'Dokument' : 'Dokumente'} ${list(numbers)}`;
}
