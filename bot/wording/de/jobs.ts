import { FORMATS, progressBar, wholeMinutes } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { JobFacts, OpsLife, ScheduleWords } from '../facts/jobs.ts';

const { bytes, count, duration, list, moment, number } = FORMATS.de;

const DAYS = ['Sonntag', 'Montag', 'Dienstag', 'Mittwoch', 'Donnerstag', 'Freitag', 'Samstag'];

const ENDED = {
  running: 'läuft noch',
  ok: 'ging gut aus',
  partly: 'ging **nur zum Teil gut** aus',
  failed: 'ist **fehlgeschlagen**',
  cancelled: 'wurde abgebrochen',
  lost: 'wurde **abgeschnitten**, als sein Prozess starb',
} as const;

const NOTHING = {
  notSetUp: 'noch nicht eingerichtet',
  nothingNew: 'es gab nichts Neues',
  tooEarly: 'es war zu früh',
  '': '',
} as const;

const WENT: Readonly<Record<string, string>> = {
  ok: 'ging gut',
  failed: '**misslungen**',
  'not-set-up': 'hier nicht eingerichtet',
};

const UNCHANGED = {
  failed:
    'Die alten Schlüssel sind an ihrem Platz, außer wenn das Log sagt, dass der Host-Helfer nicht geantwortet hat: Dann steht es in seinem `acts.log` auf dem Host.',
  lost: 'Ob die Schlüssel neu sind, steht im `acts.log` des Host-Helfers, auf dem Host.',
} as const;

/** Ends a sentence, also one whose last word ends with a dot ("3 Sek."). */
function closed(text: string): string {
  return text.endsWith('.') ? text : `${text}.`;
}

/** German: jobs. */
export const jobs: Entries<JobFacts> = {
  'job.health': () => 'die Prüfung des Zustands',
  'job.backup': () => 'die Sicherung',
  'job.drill': () => 'die Probe der neuesten Sicherung',
  'job.audit': () => 'die Prüfung des Protokolls',
  'job.send': () => 'das Verschicken der Sicherungen',
  'job.sendBeside': () => 'das Verschicken dessen, was gelöscht wurde, und von Beweisen',
  'job.digest': () => 'der Wochenbericht',
  'job.hostUpdates': () => 'die Sicherheitsupdates des Hosts',
  'job.update': () => 'das Update von Kinkeeper',
  'job.evidence': () => 'das Sichern von Beweisen',
  'job.rehearsal': () => 'die Übung für einen Vorfall',
  'job.checklist': () => 'das Beurteilen der Sicherheits-Checkliste',
  'job.sshHostKeys': () => 'neue Host-Schlüssel für SSH',
  'job.wireguard': () => 'neue Schlüssel für WireGuard',
  'step.evidence.gathering': () => 'sammelt Protokolle und Aufzeichnungen',
  'step.evidence.sealing': () => 'versiegelt sie mit den Schlüsseln der Sicherungen',
  'step.rehearsal.going': () => 'geht die Schritte durch',
  'step.checklist.reading': () => 'liest, was der Host sagt',
  'step.health.probe': () => 'warte auf Antwort vom Homeserver',
  'step.send.sending': () => 'schicke (Megabyte)',
  'step.backup.freezing': () => 'wartet auf einen Augenblick, in dem niemand schreibt',
  'step.backup.writing': () => 'versiegelt, in MB',
  'step.backup.verifying': () => 'liest zurück, was geschrieben wurde',
  'step.drill.fetching': () => 'stellt probeweise wieder her, in MB',
  'step.drill.opening': () => 'öffnet jeden Speicher',
  'step.drill.asking': () => 'stellt die Prüffragen',
  'step.update.looking': () => 'nach Neuem sehen',
  'step.update.models': () => 'die Registry der Modelle fragen',
  'step.update.pulling': () => 'ein neueres Modell holen, in MB',
  'step.update.measuring': () => 'dem alten und dem neuen Modell die Prüffragen stellen',
  'step.update.fetching': () => 'holt sie',
  'step.update.noting': () => 'hält fest, was danach da sein muss',
  'step.update.switching': () => 'übergibt an den Helfer des Hosts; ich bin einige Minuten still',
  'step.host.installing': () => 'wartet, bis der Helfer des Hosts sie eingespielt hat',
  'step.host.changing': () => 'wartet, bis der Helfer des Hosts sie gewechselt hat',
  'figure.generation': ({ figure }) => `\`${figure}\``,
  'figure.bytes': ({ figure }) => bytes(Number(figure)),
  'figure.entries': ({ figure }) => count(Number(figure), 'Datei', 'Dateien'),
  'figure.tenants': ({ figure }) => count(Number(figure), 'Speicher', 'Speicher'),
  'figure.documents': ({ figure }) => count(Number(figure), 'Dokument', 'Dokumente'),
  'figure.questions': ({ figure }) => count(Number(figure), 'Prüffrage', 'Prüffragen'),
  'figure.sent': ({ figure }) => `${number(Number(figure))} verschickt`,
  'figure.removed': ({ figure }) => `${number(Number(figure))} entfernt`,
  'figure.failed': ({ figure }) => `${number(Number(figure))} fehlgeschlagen`,
  'figure.failedAt': ({ figure }) => `nämlich ${figure} (was zu tun ist, sagt die Warnung dazu)`,
  'figure.missing': ({ figure }) => `${number(Number(figure))} verschwunden`,
  'figure.whole': ({ figure }) => `${count(Number(figure), 'Kopie', 'Kopien')} noch einmal gelesen und heil`,
  'figure.changed': ({ figure }) => `${number(Number(figure))} beschädigt`,
  'figure.badCopies': ({ figure }) => `${count(Number(figure), 'Kopie', 'Kopien')} nicht zu gebrauchen`,
  'figure.installed': ({ figure }) => `${number(Number(figure))} eingespielt`,
  'figure.waiting': ({ figure }) => `${number(Number(figure))} stehen noch aus`,
  'figure.security': ({ figure }) =>
    count(Number(figure), 'Sicherheitsupdate des Hosts wartet', 'Sicherheitsupdates des Hosts warten'),
  'figure.all': ({ figure }) =>
    `für ${count(Number(figure), 'Paket', 'Pakete')} des Hosts gibt es eine neuere Version, ob sicherheitsrelevant oder nicht`,
  'figure.reboot': ({ figure }) =>
    figure === 'true' ? 'der Host **will einen Neustart**' : 'der Host braucht keinen Neustart',
  'figure.hostUnknown': () => 'nach den Paketen des Hosts ließ sich nicht sehen',
  'figure.modelsCurrent': ({ figure }) => `für ${count(Number(figure), 'Modell', 'Modelle')} gibt es nichts Neueres`,
  'figure.modelsNewer': ({ figure }) => `ein neueres Modell gibt es: ${figure}`,
  'figure.modelsUpdated': ({ figure }) => `ein neueres Modell antwortet jetzt: ${figure}`,
  'figure.modelsReturned': ({ figure }) =>
    `ein neueres Modell war bei den Prüffragen schlechter, das alte bleibt: ${figure}`,
  'figure.modelsRefused': ({ figure }) =>
    `ein neueres Modell gibt es, das hier schlechter war, das alte bleibt: ${figure} (\`ollama pull\` nimmt es trotzdem)`,
  'figure.modelsOwn': ({ figure }) => `dieses Modell ist hier gemacht oder nicht aus der Registry: ${figure}`,
  'figure.modelsByHand': ({ figure }) =>
    `für Vektoren gibt es ein neueres Modell, sie müssten neu gemacht werden: ${figure} (wie, sagt README unter „Updates“)`,
  'figure.modelsFailed': ({ figure }) => `ein neueres Modell ließ sich nicht übernehmen, das alte bleibt: ${figure}`,
  'figure.modelsUnknown': ({ figure }) => `nach diesem Modell ließ sich nicht sehen: ${figure}`,
  'figure.lock': ({ figure }) => `sperren: ${went(figure)}`,
  'figure.outside': ({ figure }) => `den Zugang von außen schließen: ${went(figure)}`,
  'figure.evidence': ({ figure }) => `Beweise: ${went(figure)}`,
  'figure.restore': ({ figure }) => `eine erprobte Sicherung: ${went(figure)}`,
  'figure.report': ({ figure }) => `der Bericht: ${went(figure)}`,
  'figure.archive': ({ figure }) => `Archiv ${figure}`,
  'figure.files': ({ figure }) => count(Number(figure), 'Datei', 'Dateien'),
  'figure.pass': ({ figure }) => `${number(Number(figure))} wie es sein soll`,
  'figure.fail': ({ figure }) =>
    figure === 0
      ? 'keine, die es nicht ist'
      : `**${count(Number(figure), 'Zeile', 'Zeilen')} nicht** (\`!checkliste\`)`,
  'figure.unknown': ({ figure }) => `${number(Number(figure))} unbekannt`,
  'figure.rows': ({ figure }) => count(Number(figure), 'Zeile', 'Zeilen'),
  'figure.leftOut': ({ figure }) => `${number(Number(figure))} ausgelassen`,
  'figure.notInIt': ({ figure }) => (figure === 0 ? 'nichts fehlt' : '**nicht darin:**'),
  'figure.from': ({ figure }) => `Kinkeeper ${figure} läuft hier`,
  'figure.newest': () => 'das ist die neueste Version',
  'figure.to': ({ figure }) => `${figure} ist neuer`,
  'figure.backup': ({ figure }) => `Sicherung \`${figure}\``,
  'figure.byHand': () => 'Kinkeeper selbst wird von Hand aktualisiert',
  'jobs.head': () => '**Die Aufgaben**',
  'jobs.line': ({ id, job, details }) => `- ${id}, ${job}: ${details.join('; ')}`,
  'jobs.when': ({ schedule, nextAt }) => `${whenOf(schedule)}${nextAt > 0 ? `, wieder ${moment(nextAt)}` : ''}`,
  'jobs.last': ({ ended, nothing, ranAgo, took, reference }) =>
    ended === 'nothing'
      ? `der letzte Lauf, vor ${duration(wholeMinutes(ranAgo))}, tat nichts (${NOTHING[nothing]})`
      : `der letzte Lauf, vor ${duration(wholeMinutes(ranAgo))}, ${ENDED[ended]} (Dauer: ${lasted(took)})${reference === '' ? '' : `; im Log: **${reference}**`}`,
  'jobs.never-ran': () => 'lief noch nie',
  'jobs.now': ({ dry, took, progress }) =>
    `**läuft**${dry ? ' zur Probe' : ''} seit ${duration(took)}${progress.source === '' ? '' : ` (${progress})`}`,
  'jobs.waiting': ({ requests }) => `${count(requests, 'Auftrag wartet', 'Aufträge warten')}`,
  'jobs.foot': ({ run, cancel }) => `${run} lässt eine jetzt laufen, ${cancel} beendet sie.`,
  'jobs.no-ops': (ops) =>
    `**Gerade kann keine Aufgabe laufen:** ${silence(ops)} Was verlangt wurde, wartet und läuft, sobald er wieder da ist.`,
  'jobs.unknown': ({ given, jobNames }) =>
    `Eine Aufgabe „${given}“ gibt es nicht. Es gibt: ${list(jobNames.map(String))}.`,
  'jobs.progress': ({ step, stepsDone, stepsTotal }) =>
    stepsDone < 0
      ? `${step}`
      : stepsTotal <= 0
        ? `${step}: ${number(stepsDone)}`
        : `${step} ${progressBar(stepsDone / stepsTotal)} ${number(stepsDone)} von ${number(stepsTotal)}`,
  'run.waiting': ({ job, dry, begins }) =>
    `Verlangt: ${job}${dryly(dry)}. ${begins === 'soon' ? 'Es geht gleich los.' : 'Ein Lauf ist schon im Gang; deiner folgt gleich danach.'}`,
  'run.again': ({ job, dry }) => `Verlangt: ${job}${dryly(dry)}. Der Lauf wurde abgeschnitten und beginnt noch einmal.`,
  'run.now': ({ job, dry, took, progress }) =>
    `Verlangt: ${job}${dryly(dry)}. Läuft seit ${progress.source === '' ? closed(duration(took)) : `${duration(took)}: ${progress}`}`,
  'run.ended': ({ job, dry, ended, took, reference, counted }) =>
    [
      `Verlangt: ${job}${dryly(dry)}. Der Lauf ${ENDED[ended]} (Dauer: ${lasted(took)}).`,
      reference === '' ? '' : ` Kennzeichen im Log: **${reference}**.`,
      ended === 'lost' ? ' Von selbst wiederhole ich ihn nicht; verlange ihn noch einmal, wenn du ihn willst.' : '',
      counted.source === '' ? '' : `\n\nGezählt: ${counted}`,
    ].join(''),
  'run.refused': ({ job, why }) =>
    why === 'no-dry'
      ? `Verlangt: ${job}, zur Probe. Einen Probelauf kennt diese Aufgabe nicht, also wurde nichts getan; ohne das Wort läuft sie richtig.`
      : `Verlangt: ${job}. Der Prozess der Aufgaben kennt das nicht; hat er eine andere Version als ich? Es wurde nichts getan.`,
  'run.withdrawn': ({ job, dry }) => `Verlangt: ${job}${dryly(dry)}. Es wurde abgebrochen, bevor es begann.`,
  'run.then.backup': () =>
    'Sie ist nachgelesen, aber noch nicht durch Einspielen erprobt und noch nirgends hingeschickt. Beides kommt von selbst, wann `!aufgaben` sagt, oder jetzt: `!starte drill`, `!starte send`.',
  'run.then.sshHostKeys': ({ ended }) =>
    ended === 'ok'
      ? 'Das sind die **neuen Fingerabdrücke**. Alle, die per SSH kommen, werden einmal gewarnt, dass der Host-Schlüssel ein anderer ist: mit diesen vergleichen, dann `ssh-keygen -R HOST`. Sieh auch jede `authorized_keys` durch.'
      : UNCHANGED[ended],
  'run.then.wireguard': ({ ended }) =>
    ended === 'ok'
      ? '**Durch das VPN kommt niemand, bis sein Gerät den neuen öffentlichen Schlüssel des Servers hat**: Trag ihn in die WireGuard-Einstellungen jedes Handys und Rechners ein, und mach auch jedem von ihnen einen neuen eigenen Schlüssel. SSH bleibt solange offen.'
      : UNCHANGED[ended],
  'run.not-set-up': ({ job }) =>
    `Verlangt: ${job}. Es wurde nichts getan: Das ist nicht eingerichtet, oder war es noch nicht, als Bot und ops gestartet wurden (dann starte sie neu). \`config/sample.yaml\` und README auf dem Server sagen, wie es geht.`,
  'run.nothing-new': ({ job }) => `Verlangt: ${job}. Es gab nichts Neues zu tun.`,
  'run.too-early': ({ job }) => `Verlangt: ${job}. Dafür ist es zu früh: Zu berichten gibt es weniger als einen Tag.`,
  'run.gone': ({ job, dry }) =>
    `Verlangt: ${job}${dryly(dry)}. Der Vermerk über den Lauf wurde inzwischen entfernt; wie er ausging, weiß ich nicht.`,
  'cancel.done': ({ job, withdrawn, ending }) =>
    `Abgebrochen, ${job}: ${list([
      ...(ending > 0 ? ['was läuft, endet jetzt'] : []),
      ...(withdrawn > 0
        ? [`${count(withdrawn, 'Auftrag, der wartete, ist', 'Aufträge, die warteten, sind')} zurückgenommen`]
        : []),
    ])}.`,
  'cancel.none': ({ job }) => `Hier gibt es nichts abzubrechen: ${job} läuft nicht und wartet nicht.`,
};

function dryly(dry: boolean): string {
  return dry ? ', zur Probe' : '';
}

function lasted(took: number): string {
  return took < 1000 ? 'unter einer Sekunde' : duration(took);
}

function silence({ life, heardAgo }: OpsLife): string {
  return life === 'never'
    ? 'von ihrem Prozess (`npm run ops`) war noch nie etwas zu hören.'
    : `von ihrem Prozess (\`npm run ops\`) ist seit ${duration(wholeMinutes(heardAgo))} nichts zu hören.`;
}

function whenOf(schedule: ScheduleWords): string {
  switch (schedule.kind) {
    case 'off':
      return 'nur auf Verlangen';
    case 'unknown':
      return 'Zeitplan noch nicht bekannt';
    case 'minutes':
      return schedule.every === 1 ? 'jede Minute' : `alle ${number(schedule.every)} Minuten`;
    case 'hourly':
      return `jede Stunde zur Minute ${number(schedule.minute)}`;
    case 'daily':
      return `täglich um ${schedule.time}`;
    case 'weekly':
      return `jeden ${DAYS[schedule.day]} um ${schedule.time}`;
    case 'monthly':
      return `am ${number(schedule.date)}. jedes Monats um ${schedule.time}`;
    case 'cron':
      return `nach ${schedule.expression}`;
  }
}

/** How a step of a rehearsal went. */
function went(outcome: string | number): string {
  return WENT[outcome] ?? String(outcome);
}
