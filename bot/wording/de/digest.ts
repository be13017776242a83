import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { DigestFacts, DigestNeeds } from '../facts/digest.ts';

const { bytes, count, day, number, pace, wholeUnits } = FORMATS.de;

const NEEDS: Readonly<Record<keyof DigestNeeds, string>> = {
  recoveryCode: 'den Wiederherstellungscode bestätigen (`zustand` sagt, wie)',
  noBackup: 'Sicherungen einrichten, im Abschnitt backup von kinkeeper.yaml',
  oldBackup: 'nachsehen, warum diese Woche keine Sicherung erprobt wurde (`warnungen`)',
  diskFills: 'Platz auf der Festplatte schaffen oder mehr mieten',
  updates: 'die Sicherheitsupdates des Servers einspielen',
  reboot: 'den Server neu starten, seine Updates warten darauf',
  alerts: 'die offenen Warnungen ansehen (`warnungen`)',
  failures: 'die gescheiterten Aufgaben ansehen (`aufgaben`)',
};

/** German: the weekly digest. */
export const digest: Entries<DigestFacts> = {
  'digest.head': ({ from, to }) => `**Was war, ${day(from)} – ${day(to)}**`,
  'digest.answers': ({ answers, medianSeconds, files }) =>
    `- **Antworten** ${number(answers)}${medianSeconds === null ? '' : `, die Hälfte binnen ${pace(medianSeconds)}`}; ${count(files, 'Datei', 'Dateien')} aufbewahrt`,
  'digest.storage': ({ keptBytes, keptChangeBytes, diskFreeBytes, diskBytes, fullInDays }) =>
    keptBytes === null || diskFreeBytes === null || diskBytes === null
      ? '- **Speicher** wurde nicht gemessen'
      : `- **Speicher** ${bytes(keptBytes)} aufbewahrt${change(keptChangeBytes)}; ${bytes(diskFreeBytes)} von ${bytes(diskBytes)} frei${fullInDays === null ? '' : `, voll in etwa ${count(fullInDays, 'Tag', 'Tagen')}, wenn es so weitergeht`}`,
  'digest.backups': ({ backupsMade, backupsProven, backupsFailed, provenAgeMs, hasBackups }) =>
    hasBackups || backupsFailed > 0
      ? `- **Sicherungen** ${number(backupsMade)} gemacht, ${number(backupsProven)} davon durch Einspielen erprobt, ${number(backupsFailed)} gescheitert; ${provenAgeMs === null ? 'noch nie wurde eine erprobt' : `die neueste erprobte ist ${wholeUnits(provenAgeMs)} alt`}`
      : '- **Sicherungen** keine: Geht die Festplatte kaputt, ist alles verloren',
  'digest.updates': ({ updatesMade, updatesFailed, securityUpdates, rebootRequired }) =>
    [
      `- **Updates** ${number(updatesMade)} gemacht, ${number(updatesFailed)} gescheitert`,
      ...(securityUpdates === null
        ? []
        : [`${count(securityUpdates, 'Sicherheitsupdate wartet', 'Sicherheitsupdates warten')}`]),
      ...(rebootRequired === true ? ['der Server möchte neu gestartet werden'] : []),
    ].join('; '),
  'digest.jobs': ({ jobsFailed }) =>
    `- **Aufgaben** ${jobsFailed === 0 ? 'alle anderen gingen gut' : `${count(jobsFailed, 'Lauf ist', 'Läufe sind')} gescheitert`}`,
  'digest.alerts': ({ alertsRaised, alertsOpen }) =>
    `- **Warnungen** ${number(alertsRaised)} neu, ${number(alertsOpen)} offen`,
  'digest.logins': ({ failedLogins }) =>
    `- **Abgewiesene Anmeldungen** ${failedLogins === null ? 'unbekannt: Der Host-Helfer ist nicht eingerichtet' : number(failedLogins)}`,
  'digest.needs': ({ needs }) => {
    const open = (Object.keys(NEEDS) as (keyof DigestNeeds)[]).filter((need) => needs[need]);
    return `- **Für dich** ${open.length === 0 ? 'nichts zu tun' : open.map((need) => NEEDS[need]).join('; ')}`;
  },
};

function change(more: number | null): string {
  if (more === null || more === 0) return '';
  return more > 0 ? ` (${bytes(more)} mehr)` : ` (${bytes(-more)} weniger)`;
}
