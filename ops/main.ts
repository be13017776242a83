import { join, parse, resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import { settingsFile } from '../config/settings-file.ts';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { turnCoreDumpsOff } from '../core/core-dumps.ts';
import { EXIT, tellFailure } from '../core/exit.ts';
import { isLockedDown } from '../core/keys/lockdown.ts';
import { createLogger, type Logger, reference } from '../core/log.ts';
import { startMetricsServer } from '../core/prometheus/metrics-server.ts';
import { opsMetrics } from '../core/prometheus/ops-metrics.ts';
import { RotatingFile } from '../core/rotating-file.ts';
import { holdLock } from '../core/sqlite/process-lock.ts';
import { loadTokenVectors } from '../core/static-embedder/token-vectors.ts';
import { type BackupPlan, backupPlan } from './backup/backup-plan.ts';
import { makeRemotes } from './backup/make-remotes.ts';
import { PATIENT_PROBE } from './health/probe.ts';
import { serversBeside } from './health/servers-beside.ts';
import { SettingsWatch } from './health/settings-watch.ts';
import type { Readings } from './jobs/health-readings.ts';
import { allJobs } from './jobs/index.ts';
import { meteredJobs } from './metered-jobs.ts';
import { openWhenReady, untilStateDir } from './open-when-ready.ts';
import { Runner } from './runner.ts';
import { startSecondWay } from './second-way/start-second-way.ts';

const BEAT_MS = 60_000;

/** How often the runner looks: requests begin about as soon. */
const TICK_MS = 1000;

/** How soon a lockdown reaches this process. */
const LOCKDOWN_LOOK_MS = 500;

const SECRETS = ['passphrase', 'homeserverConnection', 'remotes', 'mailPassword', 'webhookToken'] as const;
type Loaded = ReturnType<typeof loadConfig> & { readonly backup: BackupPlan | undefined };

// What ops writes is for its own account only.
process.umask(0o077);
process.exitCode = await main(process.argv);

async function main(argv: string[]): Promise<number> {
  try {
    const program = new Command('kinkeeper-ops').description('Runs the jobs, on schedule and when asked.');
    program.option('--config <file>', 'settings file (default: kinkeeper.yaml, where there is one)').exitOverride();
    const { config: given } = program.parse(argv).opts<{ config?: string }>();
    const file = settingsFile(given);
    const loaded = loadConfig({ file, env: process.env, secrets: SECRETS });
    return await serve({ ...loaded, backup: backupPlan(loaded.config, loaded.secrets, file && resolve(file)) });
  } catch (thrown) {
    return tellFailure(thrown, 'ops');
  }
}

/** From lock to lock: returns when a signal ended it cleanly. */
async function serve({ config, secrets, files, backup }: Loaded): Promise<number> {
  const { logFile, log: level } = config;
  // Two processes cannot take turns with one file.
  const ownFile = logFile && new RotatingFile({ ...logFile, path: besideBot(logFile.path) });
  const log = createLogger({ name: 'ops', level, ...(ownFile && { destination: ownFile }) });
  const stop = stopOnSignals(log);
  if (!turnCoreDumpsOff())
    log.warn('core dumps could not be turned off: a crash may write keys to the disk (see `kinkeeper doctor`)');
  try {
    await untilStateDir({ stateDir: config.stateDir, signal: stop, log });
    using _lock = holdLock(join(config.stateDir, 'ops.lock'));
    while (!stop.aborted) {
      using state = await openWhenReady({
        stateDir: config.stateDir,
        passphrase: secrets.passphrase?.reveal(),
        socketPath: join(config.stateDir, 'ops.sock'),
        signal: stop,
        clock: systemClock,
        log,
      });
      const lockdown = lockdownOf(config.stateDir, stop, log);
      await runJobs({ config, secrets, files, backup, state, log, stop: AbortSignal.any([stop, lockdown]) });
    }
  } catch (thrown) {
    if (!stop.aborted) throw thrown;
  }
  log.info('stopped');
  return EXIT.done;
}

async function runJobs(work: Loaded & { state: OpenState; log: Logger; stop: AbortSignal }): Promise<void> {
  const { config, secrets, files, backup, state, log, stop } = work;
  const { localDir, keep, daysAt } = config.backup;
  const remotes = makeRemotes({ remotes: config.backup.remotes, keys: secrets.remotes, localDir });
  const { control } = state;
  const startedAt = systemClock();
  let readings: Readings | undefined;
  // 0: the host is not seen.
  let hostSeenAt = 0;
  const jobs = allJobs({
    stateDir: config.stateDir,
    homeserver: config.matrix.homeserver,
    server: config.matrix.userId.slice(config.matrix.userId.indexOf(':') + 1),
    servers: serversBeside(config),
    backups: { isExpected: backup !== undefined, folder: config.backup.localDir },
    // This version has no helper on the host.
    host: async () => undefined,
    settings: new SettingsWatch(files),
    control,
    startedAt,
    probe: PATIENT_PROBE,
    ...{ state, backup, vectors: loadTokenVectors },
    ...{ remotes, localDir, rule: keep, daysAt },
    onReadings: (read) => {
      readings = read;
      hostSeenAt = read.hostSilentSeconds === null ? 0 : systemClock() - read.hostSilentSeconds * 1000;
    },
  });
  const { meter, registry } = opsMetrics(control, { readings: () => readings && { ...readings }, clock: systemClock });
  await using cleanup = new AsyncDisposableStack();
  const { alerts } = control;
  const secondWay = cleanup.use(startSecondWay({ settings: config.alerts, secrets, alerts, log }));
  if (config.metrics.ops !== 'off')
    cleanup.use(await startMetricsServer({ ...config.metrics.ops, setting: 'metrics.ops' }, registry));
  const runner = new Runner({
    jobs: meteredJobs(jobs, meter, systemClock),
    schedules: config.jobs,
    control,
    log,
    clock: systemClock,
  });
  const beat = () =>
    control.heartbeats.beat({
      process: 'ops',
      at: systemClock(),
      figures: { memoryBytes: process.memoryUsage.rss(), hostSeenAt },
    });
  beat();
  runner.tick();
  const timers = [setInterval(() => surviving(log, beat), BEAT_MS), setInterval(() => runner.tick(), TICK_MS)];
  log.info(
    { ways: secondWay.names, jobs: jobs.map((job) => `${job.name} ${config.jobs[job.name] || 'off'}`) },
    'ready',
  );
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

/** `kinkeeper.log` -> `kinkeeper-ops.log`. */
function besideBot(path: string): string {
  const { dir, name, ext } = parse(path);
  return join(dir, `${name}-ops${ext}`);
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
