import type { Config } from '../config/config.ts';
import type { loadConfig } from '../config/load.ts';
import { systemClock } from '../core/clock.ts';
import type { Facts, OpenState } from '../core/control.ts';
import { type Logger, reference } from '../core/log.ts';
import { updatableModels } from '../core/models/updatable-models.ts';
import { serverOf } from '../core/person-id.ts';
import { productVersion } from '../core/product-version.ts';
import { startMetricsServer } from '../core/prometheus/metrics-server.ts';
import { opsMetrics } from '../core/prometheus/ops-metrics.ts';
import { loadTokenVectors } from '../core/static-embedder/token-vectors.ts';
import { untilAborted } from '../core/until-aborted.ts';
import { readUpdateTrial } from '../core/update-trial.ts';
import type { BackupPlan, BackupProgress } from './backup/backup-plan.ts';
import { inMegabytes } from './backup/in-megabytes.ts';
import { makeBackup } from './backup/make-backup.ts';
import { makeOrAwait } from './backup/make-or-await.ts';
import { makeRemotes } from './backup/make-remotes.ts';
import { removeScratch } from './backup/scratch.ts';
import { hostKindOf } from './fixes/read-host-kind.ts';
import type { Readings } from './health/health-readings.ts';
import { PATIENT_PROBE } from './health/probe.ts';
import { serversBeside } from './health/servers-beside.ts';
import { SettingsWatch } from './health/settings-watch.ts';
import { type HostHelper, helperOf, readHostFacts } from './host/host-helper.ts';
import { evidenceOf } from './incident/evidence-settings.ts';
import { allJobs } from './jobs/index.ts';
import { meteredJobs } from './metered-jobs.ts';
import { ownLinesOf } from './posture/own-lines.ts';
import { Runner } from './runner.ts';
import { startSecondWay } from './second-way/start-second-way.ts';
import type { UpdateParts } from './update/begin-update.ts';
import { type Deployment, makeDeployment } from './update/deployment.ts';
import { settleUpdate } from './update/settle-update.ts';
import { tryUpdate } from './update/try-update.ts';

const BEAT_MS = 60_000;

/** How soon it is told how an update ended. */
const SETTLE_MS = 5000;

/** How often the runner looks: requests begin about as soon. */
const TICK_MS = 1000;

/** What ops works with while the household is open; `stop` also aborts in a lockdown. */
export interface Work extends ReturnType<typeof loadConfig> {
  readonly backup: BackupPlan | undefined;
  readonly state: OpenState;
  readonly log: Logger;
  readonly stop: AbortSignal;
  /** The environment of this process, in which no secrets should be. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** While a new version is on trial nothing else is done. Called by the entry file before `runJobs`. */
export async function untilTried({ config, state, log, stop }: Work): Promise<void> {
  const { stateDir, matrix, update } = config;
  const trial = readUpdateTrial(stateDir);
  if (trial === undefined) return;
  const beat = () => surviving(log, () => beatOps(state, { trial: trial.update }));
  const watchMs = update.kind === 'none' ? 0 : update.watchMs;
  const parts = { trial, stateDir, state, homeserver: matrix.homeserver, watchMs, beat, clock: systemClock, log };
  await tryUpdate({ ...parts, deployment: deploymentOf(config, state.control.facts) }, stop);
}

/** Runs all jobs, beats, and sends alerts on their second way until `stop` aborts. Part of the entry file of ops. */
export async function runJobs(work: Work): Promise<void> {
  const { config, secrets, state, log, stop } = work;
  const { control } = state;
  const helper = helperOf(config);
  const seen: Seen = { readings: undefined, hostSeenAt: 0 };
  const jobs = jobsOf(work, helper, seen);
  const { meter, registry } = opsMetrics(control, {
    readings: () => seen.readings && { ...seen.readings },
    clock: systemClock,
  });
  await using cleanup = new AsyncDisposableStack();
  const { alerts, people } = control;
  const secondWay = cleanup.use(startSecondWay({ settings: config.alerts, secrets, alerts, people, log }));
  if (config.metrics.ops !== 'off')
    cleanup.use(await startMetricsServer({ ...config.metrics.ops, setting: 'metrics.ops' }, registry));
  const metered = meteredJobs(jobs, meter, systemClock);
  const runner = new Runner({ jobs: metered, schedules: config.jobs, control, log, clock: systemClock });
  const beat = () => beatOps(state, { hostSeenAt: seen.hostSeenAt });
  const settle = () => {
    if (helper === undefined) return;
    settleUpdate({ control, helper, clock: systemClock }).catch((thrown: unknown) =>
      log.error({ err: thrown, reference: reference() }, 'the end of an update could not be told'),
    );
  };
  for (const folder of [config.stateDir, config.backup.localDir])
    surviving(log, () => removeScratch(folder), 'what a drill left could not be removed');
  surviving(log, beat);
  settle();
  runner.tick();
  const timers = [
    setInterval(() => surviving(log, beat), BEAT_MS),
    setInterval(() => runner.tick(), TICK_MS),
    setInterval(settle, SETTLE_MS),
  ];
  const planned = jobs.map((job) => `${job.name} ${config.jobs[job.name] || 'off'}`);
  log.info({ ways: secondWay.names, jobs: planned }, 'ready');
  await untilAborted(stop);
  for (const timer of timers) clearInterval(timer);
  await runner.stop();
}

/** What health saw last. `hostSeenAt`: 0 while the host is not seen. */
interface Seen {
  readings: Readings | undefined;
  hostSeenAt: number;
}

function jobsOf(work: Work, helper: HostHelper | undefined, seen: Seen) {
  const { config, secrets, files, backup, state } = work;
  const { localDir, keep, daysAt, remotes } = config.backup;
  const { spoolDir } = config.host;
  const deployment = deploymentOf(config, state.control.facts);
  return allJobs({
    ...{ state, control: state.control, stateDir: config.stateDir, startedAt: systemClock() },
    homeserver: config.matrix.homeserver,
    server: serverOf(config.matrix.userId),
    servers: serversBeside(config),
    backups: {
      isExpected: backup !== undefined && config.jobs.backup !== '',
      schedules: config.jobs,
      folder: localDir,
    },
    host: () => readHostFacts(spoolDir),
    settings: new SettingsWatch(files),
    probe: PATIENT_PROBE,
    onReadings: (read) => {
      seen.readings = read;
      seen.hostSeenAt = read.hostSilentSeconds === null ? 0 : systemClock() - read.hostSilentSeconds * 1000;
    },
    ...{ backup, vectors: loadTokenVectors, localDir, rule: keep, daysAt },
    remotes: makeRemotes({ remotes, keys: secrets.remotes, localDir }),
    ...{ helper, evidence: evidenceOf(config) },
    ownLines: ownLinesOf(work),
    here: hostKindOf(work),
    models: {
      ...{ state, vectors: loadTokenVectors },
      find: () => updatableModels(config, config.modelRegistry),
    },
    update: deployment && { ...{ state, deployment, vectors: loadTokenVectors }, makeBackup: backupBefore(work) },
  });
}

function beatOps({ control }: OpenState, more: Readonly<Record<string, string | number>>): void {
  const figures = { version: productVersion(), memoryBytes: process.memoryUsage.rss(), ...more };
  control.heartbeats.beat({ process: 'ops', at: systemClock(), figures });
}

/** How this household is updated; undefined where it is by hand. */
function deploymentOf({ update, host }: Config, facts: Facts): Deployment | undefined {
  if (update.kind === 'none') return undefined;
  return makeDeployment(update, { spoolDir: host.spoolDir, version: productVersion(), facts });
}

/** What an update backs up before it begins; undefined where no backups are set up. */
function backupBefore({ config, state, backup }: Work): UpdateParts['makeBackup'] {
  if (backup === undefined) return undefined;
  const { stateDir } = config;
  return async ({ signal, clock, progress }) => {
    const onProgress = ({ step, done, total }: BackupProgress) => progress({ step, ...inMegabytes(done, total) });
    const make = async () => (await makeBackup(backup, { state, stateDir, clock, signal, onProgress })).name;
    return makeOrAwait(make, { backups: state.control.backups, signal });
  };
}

/** A full disk must not end the process that is to report it. */
function surviving(log: Logger, act: () => void, failed = 'the heartbeat failed'): void {
  try {
    act();
  } catch (thrown) {
    log.error({ err: thrown, reference: reference() }, failed);
  }
}
