import { isOpen } from '../../core/alert.ts';
import { countingBackups } from '../../core/backup/made-ahead.ts';
import type { Control, Facts } from '../../core/control.ts';
import { bookDigest, type Digest, lastDigest } from '../../core/digest.ts';
import { type HouseSeries, houseSeries, levelsOf } from '../../core/house-series.ts';
import { DAY_MS } from '../../core/retention/age.ts';
import { knownForecast } from '../health/disk-forecast.ts';
import type { HostFacts } from '../host/host-facts.ts';
import type { JobSpec } from '../job-spec.ts';

/** A digest tells of a week; of more where the last one could not be sent, or came late. */
const WEEK_MS = 7 * DAY_MS;
const MOST_MS = 35 * DAY_MS;
const MOST_ALERTS = 1000;
/** More than the runs of 35 days, health every few minutes among them. */
const MOST_RUNS = 20_000;
/** That a disk fills is told when it is full within a year. */
const MOST_DAYS = 365;
const UPDATES: readonly string[] = ['update', 'hostUpdates'];

export interface DigestOptions {
  readonly control: Pick<Control, 'alerts' | 'backups' | 'daily' | 'facts' | 'jobs' | 'people'>;
  /** What the host helper last saw; missing, or undefined: it is not set up. */
  readonly host?: (() => Promise<HostFacts | undefined>) | undefined;
}

/**
 * Gathers what happened this week into a record, which the bot turns into a message to the ops room: once, and when it is up
 * again if it was down. A household in its first day has nothing to tell yet.
 */
export function digestJob({ control, host }: DigestOptions): JobSpec {
  return {
    name: 'digest',
    limitSeconds: 60,
    canDry: false,
    repeatable: true,
    async run({ clock }) {
      const now = clock();
      if (control.people.list().every(({ addedAt }) => now - addedAt < DAY_MS)) return { tooEarly: 1 };
      const seen = await host?.();
      const digest = { ...gather(control, beginOf(control, now), now), ...aboutHost(seen) };
      bookDigest(control.facts, digest);
      const { answers, files, backupsMade, alertsRaised } = digest;
      return { answers, files, backupsMade, alertsRaised };
    },
  };
}

/** Where the last digest ended, or began if nobody has read it; a week ago at the latest. */
function beginOf({ facts }: DigestOptions['control'], now: number): number {
  const last = lastDigest(facts);
  const since = last === undefined ? now : last.isSent ? last.digest.to : last.digest.from;
  return Math.max(now - MOST_MS, Math.min(now - WEEK_MS, since));
}

type OfHost = Pick<Digest, 'securityUpdates' | 'rebootRequired'>;

function aboutHost(host: HostFacts | undefined): OfHost {
  return { securityUpdates: host?.securityUpdates ?? null, rebootRequired: host?.rebootRequired ?? null };
}

function gather(control: DigestOptions['control'], from: number, to: number): Omit<Digest, keyof OfHost> {
  const series = houseSeries(control, to, Math.ceil((to - from) / DAY_MS));
  return {
    ...{ from, to, answers: series.answers.count, medianSeconds: series.answers.median ?? null, files: series.files },
    ...storageOf(series),
    fullInDays: fullInDays(control.facts, to),
    ...backupsOf(control, from, series),
    ...jobsOf(control, from),
    ...alertsOf(control, from),
    failedLogins: sumOf(levelsOf(series, 'failedLogins')),
  };
}

function storageOf(week: HouseSeries) {
  const kept = levelsOf(week, 'stateBytes');
  return {
    keptBytes: kept.at(-1) ?? null,
    keptChangeBytes: kept.length < 2 ? null : kept.at(-1)! - kept[0]!,
    diskFreeBytes: levelsOf(week, 'diskFreeBytes').at(-1) ?? null,
    diskBytes: levelsOf(week, 'diskBytes').at(-1) ?? null,
  };
}

/** As the alert has it; null when that does not know, and when the disk is not full within a year. */
function fullInDays(facts: Facts, now: number): number | null {
  const days = knownForecast(facts, 'state', now);
  return days === null || days > MOST_DAYS ? null : Math.floor(days);
}

function backupsOf({ backups, jobs }: DigestOptions['control'], from: number, { now, newestProvenAt }: HouseSeries) {
  const all = countingBackups(backups, now);
  const made = all.filter(({ madeAt }) => madeAt >= from);
  return {
    backupsMade: made.length,
    backupsProven: made.filter(({ provenAt }) => provenAt !== null).length,
    backupsFailed: failuresOf(jobs, from, (job) => job === 'backup'),
    provenAgeMs: newestProvenAt === undefined ? null : Math.max(0, now - newestProvenAt),
    hasBackups: all.length > 0,
  };
}

/**
 * Updates that changed something: of the host those that installed anything, of the product and of models those of which is told how they ended. A run
 * that found nothing is none, and a run that updates the product is cut off by that.
 */
function jobsOf({ jobs, alerts }: DigestOptions['control'], from: number) {
  const installed = jobs.recent(MOST_RUNS).filter(({ job, startedAt, dry, outcome, figures }) => {
    const isGood = job === 'hostUpdates' && startedAt >= from && !dry && outcome === 'ok';
    return isGood && Number(figures.installed ?? 0) > 0;
  });
  const told = (ending: string) =>
    alerts.recent(MOST_ALERTS).filter(({ code, raisedAt }) => code === ending && raisedAt >= from).length;
  const broken = jobs.outcomesSince(from).filter(({ job, outcome }) => job === 'update' && outcome === 'failed');
  return {
    updatesMade: installed.length + told('update-done') + told('model-updated'),
    updatesFailed:
      failuresOf(jobs, from, (job) => job === 'hostUpdates') +
      broken.reduce((sum, { count }) => sum + count, 0) +
      told('update-returned') +
      told('model-returned'),
    jobsFailed: failuresOf(jobs, from, (job) => job !== 'backup' && !UPDATES.includes(job)),
  };
}

function failuresOf(jobs: DigestOptions['control']['jobs'], from: number, isMeant: (job: string) => boolean): number {
  const failed = jobs
    .outcomesSince(from)
    .filter(({ job, outcome }) => isMeant(job) && ['failed', 'lost'].includes(outcome));
  return failed.reduce((sum, { count }) => sum + count, 0);
}

function alertsOf({ alerts }: DigestOptions['control'], from: number) {
  const grave = alerts.recent(MOST_ALERTS).filter(({ severity }) => severity !== 'info');
  return {
    alertsRaised: grave.filter(({ raisedAt }) => raisedAt >= from).length,
    alertsOpen: grave.filter(isOpen).length,
  };
}

function sumOf(values: readonly number[]): number | null {
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
