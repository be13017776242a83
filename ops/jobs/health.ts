import { stat } from 'node:fs/promises';
import type { Control } from '../../core/control.ts';
import type { JobRun } from '../../core/job.ts';
import { type BackupSchedules, backupLimits } from '../health/backup-limits.ts';
import { forecastDisk } from '../health/disk-forecast.ts';
import { type Readings, readControl, readDisk, readLoad, readMemory } from '../health/health-readings.ts';
import { WATCHES } from '../health/health-watches.ts';
import { tellHostNews } from '../health/host-news.ts';
import { answers, databaseProbe, homeserverProbe, type ProbePlan, serverProbe } from '../health/probe.ts';
import { readBackups } from '../health/read-backups.ts';
import { readBot } from '../health/read-bot.ts';
import { certificateDays } from '../health/read-certificate.ts';
import { readHost } from '../health/read-host.ts';
import type { SettingsWatch } from '../health/settings-watch.ts';
import type { HostFacts } from '../host/host-facts.ts';
import type { JobContext, JobSpec } from '../job-spec.ts';
import { type DailyOptions, noteDaily } from './note-daily.ts';

export interface HealthOptions extends DailyOptions {
  readonly homeserver: string;
  /** The name of the homeserver, as in addresses of people. */
  readonly server: string;
  /** Addresses that answer when the servers beside are there; missing where the settings name none. */
  readonly servers: { readonly answering?: string; readonly embedding?: string; readonly index?: string };
  /** Whether backups are made, when they are made and proven, and the folder on this machine that they go to. */
  readonly backups: { readonly isExpected: boolean; readonly schedules: BackupSchedules; readonly folder?: string };
  /** What the host helper last saw; undefined without a helper. */
  readonly host: () => Promise<HostFacts | undefined>;
  readonly settings: Pick<SettingsWatch, 'changes'>;
  readonly control: Pick<Control, 'alerts' | 'heartbeats' | 'facts' | 'backups' | 'daily'>;
  /** When this process started: a bot that starts beside it is not silent yet. */
  readonly startedAt: number;
  readonly probe: ProbePlan;
  /** Given every reading, for the metrics. */
  readonly onReadings?: (readings: Readings) => void;
}

/** Reads the health of machine, servers and bot, raises an alert for what is wrong and clears what is right again. */
export function healthJob(options: HealthOptions): JobSpec {
  return {
    name: 'health',
    limitSeconds: 120,
    canDry: false,
    repeatable: true,
    async run(context) {
      const { control, settings } = options;
      const host = await options.host();
      const readings = await read(options, host, context);
      settleAlerts(options, context, readings);
      tellHostNews(host, control, context.clock());
      for (const file of settings.changes())
        control.alerts.raise({ code: 'settings-changed', severity: 'warning', facts: { file } });
      options.onReadings?.(readings);
      await noteDaily(options, { ...readings, host }, context);
      return figures(readings);
    },
  };
}

async function read(options: HealthOptions, host: HostFacts | undefined, context: JobContext): Promise<Readings> {
  context.progress({ step: 'health.probe' });
  const { control, startedAt, homeserver } = options;
  const now = context.clock();
  const [disk, backupDisk, memory, servers, shown] = await Promise.all([
    readDisk(options.stateDir),
    readBackupDisk(options, now),
    readMemory(),
    readServers(options, context),
    certificateDays(homeserver, now),
  ]);
  const ofHost = readHost(host, now);
  const ends = [shown, ofHost.certificateDays].filter((days) => days !== null);
  return {
    ...disk,
    diskFullDays: forecastDisk(control.facts, { name: 'state', free: disk.diskFreeBytes }, now),
    ...backupDisk,
    ...memory,
    loadPerCore: readLoad(),
    ...servers,
    ...ofHost,
    certificateDays: ends.length === 0 ? null : Math.min(...ends),
    ...readBot(control.heartbeats.of('bot'), now),
    ...readBackups(control, options.backups.isExpected, now),
    ...readControl(control, startedAt, context.clock),
  };
}

/** nulls where there is no such folder (yet). A disk that it shares with the state is told of once, as that. */
async function readBackupDisk(
  { backups, stateDir, control }: HealthOptions,
  now: number,
): Promise<Pick<Readings, 'backupDiskFreeBytes' | 'backupDiskBytes' | 'backupDiskFullDays'>> {
  const none = { backupDiskFreeBytes: null, backupDiskBytes: null, backupDiskFullDays: null };
  if (backups.folder === undefined || !(await isOtherDisk(backups.folder, stateDir))) return none;
  const disk = await readDisk(backups.folder).catch(() => undefined);
  if (disk === undefined) return none;
  return {
    backupDiskFreeBytes: disk.diskFreeBytes,
    backupDiskBytes: disk.diskBytes,
    backupDiskFullDays: forecastDisk(control.facts, { name: 'backup', free: disk.diskFreeBytes }, now),
  };
}

async function isOtherDisk(one: string, other: string): Promise<boolean> {
  const [first, second] = await Promise.all([one, other].map((folder) => stat(folder).catch(() => undefined)));
  return first !== undefined && first.dev !== second?.dev;
}

async function readServers(
  { homeserver, server, servers, probe }: HealthOptions,
  context: JobContext,
): Promise<
  Pick<
    Readings,
    | 'homeserverDownSeconds'
    | 'databaseDownSeconds'
    | 'answeringDownSeconds'
    | 'embeddingDownSeconds'
    | 'indexDownSeconds'
  >
> {
  const { signal } = context;
  const beside = (url: string | undefined) =>
    url === undefined ? Promise.resolve(null) : answers(serverProbe(url), probe, signal);
  const down = (name: keyof Readings, isThere: boolean | null) =>
    isThere === null ? null : isThere ? 0 : downSeconds(name, context);
  const [isThere, ...others] = await Promise.all([
    answers(homeserverProbe(homeserver), probe, signal),
    beside(servers.answering),
    beside(servers.embedding),
    beside(servers.index),
  ]);
  const database = isThere ? await answers(databaseProbe(homeserver, server), probe, signal) : null;
  return {
    homeserverDownSeconds: isThere ? 0 : downSeconds('homeserverDownSeconds', context),
    databaseDownSeconds: down('databaseDownSeconds', database),
    answeringDownSeconds: down('answeringDownSeconds', others[0]),
    embeddingDownSeconds: down('embeddingDownSeconds', others[1]),
    indexDownSeconds: down('indexDownSeconds', others[2]),
  };
}

/** Counted on from the run before, when it did not answer then, too. At least a second: 0 means that it answers. */
function downSeconds(name: keyof Readings, { previous, clock }: JobContext): number {
  const before = Number(previous?.figures[name] ?? 0);
  const since = previous?.endedAt != null && before > 0 ? (clock() - previous.endedAt) / 1000 : 0;
  return Math.max(1, Math.round(before + since));
}

function settleAlerts(options: HealthOptions, context: JobContext, readings: Readings): void {
  const limits = backupLimits(options.backups.schedules, context.clock());
  for (const watch of WATCHES) {
    const verdict = watch.judge(readings, limits);
    if (verdict === true) {
      const facts = watch.facts(readings, context.clock());
      // While the bot is silent nobody delivers alerts: the log says it, too.
      context.log.warn({ code: watch.code, ...facts }, 'health: not as it should be');
      options.control.alerts.raise({ code: watch.code, severity: watch.severity, key: watch.code, facts });
    } else if (verdict === false && options.control.alerts.clear(watch.code)) {
      context.log.info({ code: watch.code }, 'health: right again');
    }
  }
}

function figures(readings: Readings): JobRun['figures'] {
  const known = Object.entries(readings).filter((entry): entry is [string, number] => entry[1] !== null);
  return Object.fromEntries(known.map(([name, value]) => [name, Math.round(value * 1000) / 1000]));
}
