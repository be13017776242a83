import { join, resolve } from 'node:path';
import { Command } from 'commander';
import type { Config } from '../config/config.ts';
import { loadConfig, type Secrets } from '../config/load.ts';
import { settingsFile } from '../config/settings-file.ts';
import { systemClock } from '../core/clock.ts';
import type { Control, OpenState } from '../core/control.ts';
import { turnCoreDumpsOff } from '../core/core-dumps.ts';
import { EXIT, tellFailure } from '../core/exit.ts';
import type { Heartbeat } from '../core/job.ts';
import { isLockedDown } from '../core/keys/lockdown.ts';
import { createLogger, type Logger, reference } from '../core/log.ts';
import { productVersion } from '../core/product-version.ts';
import { holdLock } from '../core/sqlite/process-lock.ts';
import { loadTokenVectors } from '../core/static-embedder/token-vectors.ts';
import { readUpdateTrial } from '../core/update-trial.ts';
import { type BackupPlan, type BackupProgress, backupPlan } from './backup/backup-plan.ts';
import { inMegabytes } from './backup/in-megabytes.ts';
import { makeBackup } from './backup/make-backup.ts';
import { HostHelper } from './host/host-helper.ts';
import type { EvidenceSources } from './incident/evidence-files.ts';
import { type EvidenceRecords, readRecords } from './incident/evidence-records.ts';
import { LockedDesk } from './incident/locked-desk.ts';
import { PATIENT_PROBE } from './jobs/health-readings.ts';
import { allJobs } from './jobs/index.ts';
import { openWhenReady, untilStateDir } from './open-when-ready.ts';
import { Runner } from './runner.ts';
import type { UpdateParts } from './update/begin-update.ts';
import { type Deployment, makeDeployment } from './update/deployment.ts';
import { settleUpdate } from './update/settle-update.ts';
import { tryUpdate } from './update/try-update.ts';

const BEAT_MS = 60_000;

/** How soon it is told how an update ended. */
const SETTLE_MS = 5000;

/** How often the runner looks: requests begin about as soon. */
const TICK_MS = 1000;

/** How soon a lockdown reaches this process. */
const LOCKDOWN_LOOK_MS = 500;

// What ops writes is for its own account only.
process.umask(0o077);
process.exitCode = await main(process.argv);

async function main(argv: string[]): Promise<number> {
  try {
    const program = new Command('kinkeeper-ops').description('Runs the jobs, on schedule and when asked.');
    program.option('--config <file>', 'settings file (default: kinkeeper.yaml, where there is one)').exitOverride();
    const { config: given } = program.parse(argv).opts<{ config?: string }>();
    const file = settingsFile(given);
    const wanted = ['passphrase', 'homeserverConnection'] as const;
    const { config, secrets } = loadConfig({ file, env: process.env, secrets: wanted });
    return await serve(config, { secrets, backup: backupPlan(config, secrets, file && resolve(file)) });
  } catch (thrown) {
    return tellFailure(thrown, 'ops');
  }
}

/** From lock to lock: returns when a signal ended it cleanly. */
async function serve(
  config: Config,
  { secrets, backup }: { secrets: Secrets; backup: BackupPlan | undefined },
): Promise<number> {
  const log = createLogger({ name: 'ops', level: config.log });
  const stop = stopOnSignals(log);
  if (!turnCoreDumpsOff())
    log.warn('core dumps could not be turned off: a crash may write keys to the disk (see `kinkeeper doctor`)');
  try {
    await untilStateDir({ stateDir: config.stateDir, signal: stop, log });
    using _lock = holdLock(join(config.stateDir, 'ops.lock'));
    const desk = { stateDir: config.stateDir, backup, evidence: evidenceOf(config), clock: systemClock, log };
    const locked = new LockedDesk({ ...desk, helper: helperOf(config) });
    let records: EvidenceRecords | undefined;
    while (!stop.aborted) {
      locked.begin(records, stop);
      using state = await openWhenReady({
        stateDir: config.stateDir,
        passphrase: secrets.passphrase?.reveal(),
        socketPath: join(config.stateDir, 'ops.sock'),
        signal: stop,
        clock: systemClock,
        log,
      });
      await locked.settle(state.control, stop);
      const until = AbortSignal.any([stop, lockdownOf(config.stateDir, stop, log)]);
      const parts = { config, state, backup, log, stop: until };
      await untilTried(parts);
      await runJobs(parts);
      records = isLockedDown(config.stateDir) ? recordsOf(state, log) : undefined;
    }
  } catch (thrown) {
    if (!stop.aborted) throw thrown;
  }
  log.info('stopped');
  return EXIT.done;
}

/** What is evidence in the control store, before it is closed in a lockdown; undefined when it cannot be read. */
function recordsOf({ control }: OpenState, log: Logger): EvidenceRecords | undefined {
  try {
    return readRecords(control, systemClock());
  } catch (thrown) {
    log.error({ err: thrown, reference: reference() }, 'the records could not be read for the evidence');
    return undefined;
  }
}

function evidenceOf(config: Config): Pick<EvidenceSources, 'settings' | 'logFiles'> {
  return { settings: config, logFiles: [] };
}

function helperOf({ host }: Config): HostHelper | undefined {
  return host.spoolDir === undefined ? undefined : new HostHelper(host.spoolDir);
}

interface Work {
  readonly config: Config;
  readonly state: OpenState;
  readonly backup: BackupPlan | undefined;
  readonly log: Logger;
  readonly stop: AbortSignal;
}

/** While a new version is on trial nothing else is done. */
async function untilTried({ config, state, log, stop }: Work): Promise<void> {
  const { stateDir, matrix, update } = config;
  const trial = readUpdateTrial(stateDir);
  if (trial === undefined) return;
  const beat = () => surviving(log, () => beatOps(state.control, { trial: trial.update }));
  const watchMs = update.kind === 'none' ? 0 : update.watchMs;
  const parts = { trial, stateDir, state, homeserver: matrix.homeserver, watchMs, beat, clock: systemClock, log };
  await tryUpdate({ ...parts, deployment: deploymentOf(config) }, stop);
}

function beatOps(control: Control, more: Heartbeat['figures'] = {}): void {
  const figures = { version: productVersion(), memoryBytes: process.memoryUsage.rss(), ...more };
  control.heartbeats.beat({ process: 'ops', at: systemClock(), figures });
}

/** How this household is updated; undefined where it is by hand. */
function deploymentOf({ update, host }: Config): Deployment | undefined {
  return update.kind === 'none' ? undefined : makeDeployment(update, host.spoolDir, productVersion());
}

/** What an update backs up before it begins; undefined where no backups are set up. */
function backupBefore({ config, state, backup }: Work): UpdateParts['makeBackup'] {
  if (backup === undefined) return undefined;
  const { stateDir } = config;
  return async ({ signal, clock, progress }) => {
    const onProgress = ({ step, done, total }: BackupProgress) => progress({ step, ...inMegabytes(done, total) });
    return (await makeBackup(backup, { state, stateDir, clock, signal, onProgress })).name;
  };
}

async function runJobs(work: Work): Promise<void> {
  const { config, state, backup, log, stop } = work;
  const { control } = state;
  const startedAt = systemClock();
  const deployment = deploymentOf(config);
  const helper = helperOf(config);
  const jobs = allJobs({
    stateDir: config.stateDir,
    homeserver: config.matrix.homeserver,
    control,
    startedAt,
    probe: PATIENT_PROBE,
    helper,
    evidence: evidenceOf(config),
    update: deployment && { ...{ state, deployment, vectors: loadTokenVectors }, makeBackup: backupBefore(work) },
    ...{ state, backup, vectors: loadTokenVectors },
  });
  const runner = new Runner({ jobs, schedules: config.jobs, control, log, clock: systemClock });
  const beat = () => beatOps(control);
  beat();
  const settle = () => {
    if (helper === undefined) return;
    settleUpdate({ control, helper, clock: systemClock }).catch((thrown: unknown) =>
      log.error({ err: thrown, reference: reference() }, 'the end of an update could not be told'),
    );
  };
  settle();
  runner.tick();
  const timers = [
    setInterval(() => surviving(log, beat), BEAT_MS),
    setInterval(() => runner.tick(), TICK_MS),
    setInterval(settle, SETTLE_MS),
  ];
  log.info({ jobs: jobs.map((job) => `${job.name} ${config.jobs[job.name] || 'off'}`) }, 'ready');
  await new Promise((resolve) => stop.addEventListener('abort', resolve, { once: true }));
  for (const timer of timers) clearInterval(timer);
  await runner.stop();
}

/** Aborts when an admin locks the household down: the bot says so by a file. */
function lockdownOf(stateDir: string, stop: AbortSignal, log: Logger): AbortSignal {
  const lockdown = new AbortController();
  const timer = setInterval(() => {
    if (!isLockedDown(stateDir)) return;
    clearInterval(timer);
    log.warn('locked down: closing everything until `kinkeeper unlock`');
    lockdown.abort();
  }, LOCKDOWN_LOOK_MS);
  stop.addEventListener('abort', () => clearInterval(timer), { once: true });
  return lockdown.signal;
}

/** A full disk must not end the process that is to report it. */
function surviving(log: Logger, act: () => void): void {
  try {
    act();
  } catch (thrown) {
    log.error({ err: thrown, reference: reference() }, 'the heartbeat failed');
  }
}

/** Aborts at the first SIGTERM or SIGINT; a second one ends the process at once. */
function stopOnSignals(log: Logger): AbortSignal {
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(EXIT.failed);
      log.info({ signal }, 'stopping');
      stop.abort();
    });
  }
  const crash = (thrown: unknown) => process.exit(tellFailure(thrown, 'ops'));
  process.on('uncaughtException', crash).on('unhandledRejection', crash);
  return stop.signal;
}
