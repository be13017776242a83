import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { loadConfig } from '../config/load.ts';
import { settingsFile } from '../config/settings-file.ts';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { turnCoreDumpsOff } from '../core/core-dumps.ts';
import { EXIT, tellFailure } from '../core/exit.ts';
import { isLockedDown } from '../core/keys/lockdown.ts';
import { refuseForeignState } from '../core/keys/refuse-foreign-state.ts';
import { createLogger, type Logger, reference } from '../core/log.ts';
import { RotatingFile } from '../core/rotating-file.ts';
import { holdLock } from '../core/sqlite/process-lock.ts';
import { type BackupPlan, backupPlan } from './backup/backup-plan.ts';
import { makeRemotes } from './backup/make-remotes.ts';
import { helperOf } from './host/host-helper.ts';
import { type EvidenceRecords, readRecords } from './incident/evidence-records.ts';
import { evidenceOf, logOfOps } from './incident/evidence-settings.ts';
import { LockedDesk } from './incident/locked-desk.ts';
import { openWhenReady, untilStateDir } from './open-when-ready.ts';
import { runJobs, untilTried } from './run-jobs.ts';

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
async function serve(loaded: Loaded): Promise<number> {
  const { config, secrets } = loaded;
  const { logFile, log: level } = config;
  // Two processes cannot take turns with one file.
  const ownFile = logFile && new RotatingFile({ ...logFile, path: logOfOps(logFile.path) });
  const log = createLogger({ name: 'ops', level, ...(ownFile && { destination: ownFile }) });
  const stop = stopOnSignals(log);
  if (!turnCoreDumpsOff())
    log.warn('core dumps could not be turned off: a crash may write keys to the disk (see `kinkeeper doctor`)');
  try {
    refuseForeignState(config.stateDir);
    await untilStateDir({ stateDir: config.stateDir, signal: stop, log });
    using _lock = holdLock(join(config.stateDir, 'ops.lock'));
    const remotes = makeRemotes({ ...config.backup, keys: secrets.remotes });
    const desk = { stateDir: config.stateDir, backup: loaded.backup, remotes, evidence: evidenceOf(config) };
    const locked = new LockedDesk({ ...desk, helper: helperOf(config), clock: systemClock, log });
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
      // From here on a second lockdown is seen, also while the first one is settled.
      const until = AbortSignal.any([stop, lockdownOf(config.stateDir, stop, log)]);
      if (await settled(locked, state, until)) {
        const work = { ...loaded, state, log, stop: until, env: process.env };
        await untilTried(work);
        await runJobs(work);
      }
      records = isLockedDown(config.stateDir) ? recordsOf(state, log) : undefined;
    }
  } catch (thrown) {
    if (!stop.aborted) throw thrown;
  }
  log.info('stopped');
  return EXIT.done;
}

/** Settles a lockdown that is over; false when it was ended by a second one, or by a stop. */
async function settled(locked: LockedDesk, { control }: OpenState, until: AbortSignal): Promise<boolean> {
  try {
    await locked.settle(control, until);
    return true;
  } catch (thrown) {
    if (!until.aborted) throw thrown;
    return false;
  }
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
