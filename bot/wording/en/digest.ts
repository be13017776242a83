import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { DigestFacts, DigestNeeds } from '../facts/digest.ts';

const { bytes, count, day, number, pace, wholeUnits } = FORMATS.en;

const NEEDS: Readonly<Record<keyof DigestNeeds, string>> = {
  recoveryCode: 'confirm the recovery code (`status` says how)',
  noBackup: 'set up backups, the section backup in kinkeeper.yaml',
  oldBackup: 'see why no backup was proven this week (`alerts`)',
  diskFills: 'make room on the disk, or rent more',
  updates: 'install the security updates of the server',
  reboot: 'restart the server, its updates wait for that',
  alerts: 'look at the open alerts (`alerts`)',
  failures: 'look at the jobs that failed (`jobs`)',
};

/** English: the weekly digest. */
export const digest: Entries<DigestFacts> = {
  'digest.head': ({ from, to }) => `**What happened, ${day(from)} – ${day(to)}**`,
  'digest.answers': ({ answers, medianSeconds, files }) =>
    `- **Answers** ${number(answers)}${medianSeconds === null ? '' : `, half of them within ${pace(medianSeconds)}`}; ${count(files, 'file', 'files')} kept`,
  'digest.storage': ({ keptBytes, keptChangeBytes, diskFreeBytes, diskBytes, fullInDays }) =>
    keptBytes === null || diskFreeBytes === null || diskBytes === null
      ? '- **Storage** was not measured'
      : `- **Storage** ${bytes(keptBytes)} kept${change(keptChangeBytes)}; ${bytes(diskFreeBytes)} of ${bytes(diskBytes)} free${fullInDays === null ? '' : `, full in about ${count(fullInDays, 'day', 'days')} if it goes on like this`}`,
  'digest.backups': ({ backupsMade, backupsProven, backupsFailed, provenAgeMs, hasBackups }) =>
    hasBackups || backupsFailed > 0
      ? `- **Backups** ${number(backupsMade)} made, ${number(backupsProven)} of them proven by restoring, ${number(backupsFailed)} failed; ${provenAgeMs === null ? 'none was ever proven' : `the newest proven one is ${wholeUnits(provenAgeMs)} old`}`
      : '- **Backups** none: if the disk dies, everything is lost',
  'digest.updates': ({ updatesMade, updatesFailed, securityUpdates, rebootRequired }) =>
    [
      `- **Updates** ${number(updatesMade)} made, ${number(updatesFailed)} failed`,
      ...(securityUpdates === null
        ? []
        : [`${count(securityUpdates, 'security update waits', 'security updates wait')}`]),
      ...(rebootRequired === true ? ['the server wants a restart'] : []),
    ].join('; '),
  'digest.jobs': ({ jobsFailed }) =>
    `- **Jobs** ${jobsFailed === 0 ? 'all others went well' : `${count(jobsFailed, 'run', 'runs')} failed`}`,
  'digest.alerts': ({ alertsRaised, alertsOpen }) =>
    `- **Alerts** ${number(alertsRaised)} raised, ${number(alertsOpen)} open`,
  'digest.logins': ({ failedLogins }) =>
    `- **Failed logins** ${failedLogins === null ? 'not known: the host helper is not set up' : number(failedLogins)}`,
  'digest.needs': ({ needs }) => {
    const open = (Object.keys(NEEDS) as (keyof DigestNeeds)[]).filter((need) => needs[need]);
    return `- **For you** ${open.length === 0 ? 'nothing to do' : open.map((need) => NEEDS[need]).join('; ')}`;
  },
};

function change(more: number | null): string {
  if (more === null || more === 0) return '';
  return more > 0 ? ` (${bytes(more)} more)` : ` (${bytes(-more)} less)`;
}
