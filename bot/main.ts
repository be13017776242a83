import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Database } from 'better-sqlite3';
import { loadConfig } from '../config/load.ts';
import { settingsFile } from '../config/settings-file.ts';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { turnCoreDumpsOff } from '../core/core-dumps.ts';
import { AppError, errorLine } from '../core/errors.ts';
import { EXIT, tellFailure, UsageError } from '../core/exit.ts';
import { LockdownLatch } from '../core/keys/lockdown-latch.ts';
import { refuseForeignState } from '../core/keys/refuse-foreign-state.ts';
import { createLogger, type Logger } from '../core/log.ts';
import { productVersion } from '../core/product-version.ts';
import { RotatingFile } from '../core/rotating-file.ts';
import { migrate } from '../core/sqlite/migrate.ts';
import { openEncrypted } from '../core/sqlite/open-encrypted.ts';
import { holdLock } from '../core/sqlite/process-lock.ts';
import { sqliteFault } from '../core/sqlite/sqlite-fault.ts';
import { loadTokenVectors } from '../core/static-embedder/token-vectors.ts';
import { readUpdateTrial } from '../core/update-trial.ts';
import { type Door, startApi } from './api/start-api.ts';
import type { LoadedSettings } from './loaded-settings.ts';
import { makeStateDir } from './make-state-dir.ts';
import { BOT_MIGRATIONS } from './matrix/bot-migrations.ts';
import { Homeserver } from './matrix/homeserver.ts';
import { openSession, readSession } from './matrix/session.ts';
import { installTransport } from './matrix/transport.ts';
import { takeRecoveryKey } from './recovery-key-file.ts';
import { tryUpdate } from './try-update.ts';
import { unlockHousehold } from './unlock-household.ts';
import { waitLocked } from './wait-locked.ts';
import { workUnlocked } from './work-unlocked.ts';

/** The keys of remotes and of the second way of alerts are for ops alone. */
const SECRETS = [
  'matrixPassword',
  'homeserverAdminToken',
  'passphrase',
  'storeApiKey',
  'embeddingApiKey',
  'answeringApiKey',
] as const;

// What the bot writes is for its own account only.
process.umask(0o077);
process.exitCode = await main();

/** `npm run bot -- --config kinkeeper.yaml`. Exit code 0 after a clean stop, 2 for settings or usage, 1 for anything else. */
async function main(): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.on(signal, () => {
      if (stop.signal.aborted) process.exit(EXIT.failed);
      stop.abort();
    });
  }
  try {
    const loaded = loadConfig({ file: settingsFile(configOption()), env: process.env, secrets: SECRETS });
    const { logFile, log: level } = loaded.config;
    const log = createLogger({ name: 'bot', level, ...(logFile && { destination: new RotatingFile(logFile) }) });
    if (!turnCoreDumpsOff())
      log.warn('core dumps could not be turned off: a crash may write keys to the disk (see `kinkeeper doctor`)');
    await runBot(loaded, log, stop);
    return EXIT.done;
  } catch (thrown) {
    return stop.signal.aborted && isAbort(thrown) ? EXIT.done : tellFailure(sqliteFault(thrown, 'bot.db'), 'bot');
  }
}

function configOption(): string | undefined {
  try {
    return parseArgs({ options: { config: { type: 'string', short: 'c' } } }).values.config;
  } catch (thrown) {
    throw new UsageError(`usage: npm run bot -- --config kinkeeper.yaml\n${errorLine(thrown)}`);
  }
}

/** From lock to lock: works, waits out lockdowns, and works again, until a signal ends it. */
async function runBot(loaded: LoadedSettings, log: Logger, stop: AbortController): Promise<void> {
  const { config, secrets } = loaded;
  const { stateDir, matrix } = config;
  await using cleanup = new AsyncDisposableStack();
  refuseForeignState(stateDir);
  makeStateDir(stateDir);
  cleanup.use(holdLock(join(stateDir, 'bot.lock')));
  const door: Door = { bot: undefined };
  // As long as the process does: also to say that nobody is in.
  cleanup.use(
    await startApi({ ...config.api, fileBytes: config.limits.fileBytes }, door, {
      ...{ version: productVersion(), clock: systemClock, log },
    }),
  );
  const lockdown = new LockdownLatch(stateDir, log);
  let opened = await unlockHousehold({ ...loaded, lockdown, log }, stop.signal);
  const db = cleanup.adopt(openBotStore(stateDir, opened), (open) => void open.close());
  installTransport(stop.signal);
  const anonymous = new Homeserver(matrix.homeserver, stop.signal);
  let session = await openSession(db, anonymous, {
    userId: matrix.userId,
    password: () => password({ config, secrets }),
  });
  const homeserver = anonymous.withSession(session);
  const trial = readUpdateTrial(stateDir);
  if (trial) {
    await tryUpdate(
      {
        ...{ trial, stateDir, state: opened, db, session, homeserver },
        ...{ vectors: loadTokenVectors(), version: productVersion(), onStoreFailure, clock: systemClock, log },
      },
      stop.signal,
    );
  }
  await takeRecoveryKey(stateDir, { db, session, homeserver });
  for (;;) {
    const running = { ...loaded, db, session, lockdown, onStoreFailure, log };
    const known = await workUnlocked({ ...running, opened, door }, stop);
    if (known === undefined) return;
    // A change of the password gave it another token.
    session = readSession(db) ?? session;
    log.warn('locked down: the keys of all documents are gone from memory; waiting for `kinkeeper unlock`');
    opened = await waitLocked({ ...running, session, ...known }, stop);
    log.info('unlocked again');
  }
}

/** bot.db outlasts a lockdown: its key comes from the same master key, and SQLite holds it while the file is open. */
function openBotStore(stateDir: string, opened: OpenState): Database {
  try {
    const db = openEncrypted(join(stateDir, 'bot.db'), opened.botKey);
    migrate(db, BOT_MIGRATIONS);
    return db;
  } catch (thrown) {
    opened[Symbol.dispose]();
    throw thrown;
  }
}

function onStoreFailure(error: unknown): never {
  return process.exit(tellFailure(sqliteFault(error, 'bot.db'), 'bot'));
}

function password({ config, secrets }: Pick<LoadedSettings, 'config' | 'secrets'>): string {
  if (secrets.matrixPassword) return secrets.matrixPassword.reveal();
  throw new AppError('invalid', `The bot has no session yet and no password for ${config.matrix.userId}.`, {
    hint: 'Set matrix.passwordFile (KINKEEPER_MATRIX_PASSWORD_FILE) for the first start.',
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'HomeserverError');
}
