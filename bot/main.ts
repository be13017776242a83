import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Database } from 'better-sqlite3';
import { loadConfig } from '../config/load.ts';
import { settingsFile } from '../config/settings-file.ts';
import { answerQuestion } from '../core/ask/answer-question.ts';
import { gramsOf } from '../core/ask/grams.ts';
import { keptBackups, prunedPlaces } from '../core/backup/kept-backups.ts';
import { keepingPlaces } from '../core/backup/removal-note.ts';
import type { Language } from '../core/caller.ts';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { turnCoreDumpsOff } from '../core/core-dumps.ts';
import { BackgroundEmbedder } from '../core/embed/background-embedder.ts';
import { AppError, errorLine } from '../core/errors.ts';
import { EXIT, tellFailure, UsageError } from '../core/exit.ts';
import { readLockedWork } from '../core/incident/locked-work.ts';
import { type RotationPlaces, seeRotation } from '../core/incident/rotation-sight.ts';
import { lockdownAt } from '../core/keys/lockdown.ts';
import { LockdownLatch } from '../core/keys/lockdown-latch.ts';
import { UnlockRecord } from '../core/keys/unlock-record.ts';
import { waitForUnlock } from '../core/keys/unlock-socket.ts';
import { apiKeyMark, livingApiKeys } from '../core/living-api-keys.ts';
import { createLogger, type Logger } from '../core/log.ts';
import { serverOf } from '../core/person-id.ts';
import { productVersion } from '../core/product-version.ts';
import { botMetrics } from '../core/prometheus/bot-metrics.ts';
import { startMetricsServer } from '../core/prometheus/metrics-server.ts';
import { drawPng } from '../core/resvg/draw-png.ts';
import { RotatingFile } from '../core/rotating-file.ts';
import { migrate } from '../core/sqlite/migrate.ts';
import { openEncrypted } from '../core/sqlite/open-encrypted.ts';
import { openState } from '../core/sqlite/open-state.ts';
import { holdLock } from '../core/sqlite/process-lock.ts';
import { sqliteFault } from '../core/sqlite/sqlite-fault.ts';
import { loadTokenVectors } from '../core/static-embedder/token-vectors.ts';
import { endTrial } from '../core/trial.ts';
import { readUpdateTrial } from '../core/update-trial.ts';
import { writeSealedZip } from '../core/zipjs/sealed-zip.ts';
import { answerText, isNothingToSay } from './answer-text.ts';
import type { Answering } from './answering.ts';
import { type Door, startApi } from './api/start-api.ts';
import { auditStart } from './audit-start.ts';
import { Bot } from './bot.ts';
import { chooseModels } from './choose-models.ts';
import type { Ask } from './handle-question.ts';
import { lentStores } from './lent-stores.ts';
import { LockedBot, type LockedParts } from './locked-bot.ts';
import { makeStateDir } from './make-state-dir.ts';
import { BOT_MIGRATIONS } from './matrix/bot-migrations.ts';
import { Homeserver, type Session } from './matrix/homeserver.ts';
import { RoomBook } from './matrix/room-book.ts';
import { openSession, readSession } from './matrix/session.ts';
import { SynapseAccounts } from './matrix/synapse-accounts.ts';
import { installTransport } from './matrix/transport.ts';
import { openIndex } from './open-index.ts';
import { UNLOCKED } from './ops-desk.ts';
import { opsRoomId } from './ops-room.ts';
import { PasswordFile } from './password-file.ts';
import { takeRecoveryKey } from './recovery-key-file.ts';
import { sourceLinks } from './source-links.ts';
import { startEmbedding } from './start-embedding.ts';
import { tryUpdate } from './try-update.ts';
import { watchedModel } from './watched-model.ts';

/** The keys of remotes and of the second way of alerts are for ops alone. */
const SECRETS = [
  'matrixPassword',
  'homeserverAdminToken',
  'passphrase',
  'storeApiKey',
  'embeddingApiKey',
  'answeringApiKey',
] as const;

type Loaded = ReturnType<typeof loadConfig>;

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
async function runBot(loaded: Loaded, log: Logger, stop: AbortController): Promise<void> {
  const { config, secrets } = loaded;
  const { stateDir, matrix } = config;
  await using cleanup = new AsyncDisposableStack();
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
  let opened = await unlock({ ...loaded, lockdown, log }, stop.signal);
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
    const known = await work({ ...loaded, opened, db, session, lockdown, door, log }, stop);
    if (known === undefined) return;
    // A change of the password gave it another token.
    session = readSession(db) ?? session;
    log.warn('locked down: the keys of all documents are gone from memory; waiting for `kinkeeper unlock`');
    opened = await waitLocked({ ...loaded, db, session, lockdown, log, ...known }, stop);
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

interface Locking extends Loaded {
  readonly lockdown: LockdownLatch;
  readonly log: Logger;
}

interface Running extends Locking {
  readonly db: Database;
  readonly session: Session;
}

/** What the locked bot still knows of the open one. */
type Known = Pick<LockedParts, 'people' | 'opsRoom' | 'language'>;

/** Until a signal (then undefined) or a lockdown ends it. Either way `opened` is closed and its keys are wiped. */
async function work(
  {
    config,
    secrets,
    files,
    opened,
    db,
    session,
    lockdown,
    door,
    log,
  }: Running & {
    readonly opened: OpenState;
    readonly door: Door;
  },
  stop: AbortController,
): Promise<Known | undefined> {
  const { matrix } = config;
  await using cleanup = new AsyncDisposableStack();
  cleanup.use(opened);
  const phase = phaseOf(stop, cleanup);
  const before = opened.control.people.list();
  opened.control.people.seed(config.people);
  const wasSealed = secrets.passphrase === undefined;
  endTrial(opened.control);
  auditStart(opened.control, { at: systemClock(), wasSealed, before, settings: config });
  const models = await chooseModels(config, secrets);
  cleanup.defer(models.close);
  // Read by `kinkeeper gdpr`.
  const { inUse } = models;
  opened.control.facts.set('models-in-use', JSON.stringify({ answering: inUse.answering, embedding: inUse.embedding }));
  if (models.inUse.embeddingState?.() === 'changed')
    log.warn('the embedding model was changed on disk and is not used: remove its folder (see `kinkeeper doctor`)');
  const model = models.embedder?.model;
  const { state, index } = openIndex({ config, secrets, state: opened, model, log }, cleanup);
  const vectors = loadTokenVectors();
  const chat = models.parts.model;
  const watched = chat && { model: watchedModel(chat, { alerts: opened.control.alerts, log }) };
  const rooms = new RoomBook(db);
  const server = serverOf(session.userId);
  const answering: Answering = (caller, question, options) =>
    answerQuestion(
      caller,
      { ...question, at: systemClock() },
      { vault: state.vault, vectors, index, lent: lentStores(state.shares), ...models.parts, ...watched },
      { ...options, language: caller.language },
    );
  const ask: Ask = async (caller, question, { signal, onPartial, onChecked, quiet }) => {
    const answer = await answering(caller, question, {
      ...{ signal, onChecked },
      onPartial: (text) => onPartial(`${text} …`),
    });
    if (quiet && isNothingToSay(answer)) return '';
    const isRoom = state.control.people.find(caller.person)?.tenant !== caller.tenant;
    const links = sourceLinks({ vault: state.vault, rooms, server }, caller, answer);
    return answerText(caller.language, answer, { question: question.text, links, isRoom });
  };
  const metrics = config.metrics.bot === 'off' ? undefined : botMetrics(opened.control);
  if (metrics && config.metrics.bot !== 'off')
    cleanup.use(await startMetricsServer({ ...config.metrics.bot, setting: 'metrics.bot' }, metrics.registry));
  let bot: Bot | undefined;
  const background =
    models.embedder &&
    new BackgroundEmbedder({
      ...state.control,
      vault: state.vault,
      embedder: models.embedder,
      isBusy: () => bot?.isAnswering ?? false,
      onDocumentDeep: ({ tenant }, { number }) => bot?.onDeep(tenant, number),
      log,
    });
  let lockedBy: Language | undefined;
  bot = new Bot(
    {
      state,
      db,
      session,
      homeserver: new Homeserver(matrix.homeserver, phase.signal).withSession(session),
      opsRoomSetting: matrix.opsRoom,
      passwordFile: passwordFileIn(files),
      accounts:
        secrets.homeserverAdminToken && new SynapseAccounts(matrix.homeserver, secrets.homeserverAdminToken.reveal()),
      webClient: matrix.webClient,
      hasHostHelper: config.host.spoolDir !== undefined,
      seeRotation: () => seeRotation(rotationPlaces({ config, files }, state.control)),
      limits: config.limits,
      waits: config.erase,
      index,
      encoder: vectors,
      gramsOf,
      ask,
      answering,
      retention: config.retention,
      meter: metrics?.meter,
      backups: keptBackups(state.control.backups, {
        rule: config.backup.keep,
        pruned: prunedPlaces(config.jobs.send, config.backup.remotes),
        keeping: () => keepingPlaces(state.control.facts),
        clock: systemClock,
      }),
      services: { models: () => models.inUse },
      version: productVersion(),
      packExport: writeSealedZip,
      drawPng,
      onStoreFailure,
      onStored: background && (() => background.wake()),
      onKeyChanged: (tenant) => index?.keyChanged(tenant),
      onLockdown: (language) => {
        lockedBy = language;
        lockdown.begin(systemClock());
        // Once the command is answered: its words are in the outbox then, which outlasts the lockdown.
        setImmediate(() => phase.abort());
      },
      clock: systemClock,
      log,
    },
    phase,
  );
  door.bot = bot;
  cleanup.defer(() => {
    door.bot = undefined;
  });
  if (background) cleanup.use(startEmbedding(background, models.download, log));
  log.info({ models: models.why.map(({ key: choice, facts }) => ({ choice, ...facts })) }, 'the bot is up');
  await bot.run();
  if (lockedBy === undefined || stop.signal.aborted) return undefined;
  const { people, facts } = opened.control;
  return { people: people.list(), opsRoom: opsRoomId(facts), language: lockedBy };
}

/** The inbox goes on filling while the process waits for its passphrase. Returns the state that it opened. */
async function waitLocked(
  { config, secrets, db, session, lockdown, log, ...known }: Running & Known,
  stop: AbortController,
): Promise<OpenState> {
  await using cleanup = new AsyncDisposableStack();
  const phase = phaseOf(stop, cleanup);
  const homeserver = new Homeserver(config.matrix.homeserver, phase.signal).withSession(session);
  const since = systemClock();
  const work = () => {
    const read = readLockedWork(config.stateDir);
    return read?.at === lockdownAt(config.stateDir) ? read : undefined;
  };
  const locked = new LockedBot(
    { db, session, homeserver, since, work, onStoreFailure, clock: systemClock, log, ...known },
    phase,
  );
  const running = locked.run().finally(() => phase.abort());
  running.catch(() => {});
  try {
    return await unlock({ config, secrets, lockdown, log }, phase.signal);
  } catch (thrown) {
    // What ended the locked bot is the cause, where it was not a signal.
    if (!stop.signal.aborted) await running;
    throw thrown;
  } finally {
    phase.abort();
    await running.catch(() => {});
  }
}

/** Aborts with the process, or by itself. */
function phaseOf(stop: AbortController, cleanup: AsyncDisposableStack): AbortController {
  const phase = new AbortController();
  const end = () => phase.abort(stop.signal.reason);
  if (stop.signal.aborted) end();
  stop.signal.addEventListener('abort', end);
  cleanup.defer(() => stop.signal.removeEventListener('abort', end));
  return phase;
}

function onStoreFailure(error: unknown): never {
  return process.exit(tellFailure(sqliteFault(error, 'bot.db'), 'bot'));
}

/** With the passphrase file, or over the socket: without one, and whenever an admin has locked the household down. */
async function unlock(
  { config, secrets, lockdown, log }: Omit<Locking, 'files'>,
  signal: AbortSignal,
): Promise<OpenState> {
  const { stateDir } = config;
  // A new version on trial makes nothing anew: what it finds is what it has to work with.
  const create = readUpdateTrial(stateDir) === undefined;
  const open = (passphrase: string) => openState({ stateDir, passphrase, create, clock: systemClock });
  const { isLocked } = lockdown;
  const record = new UnlockRecord(join(stateDir, 'bot.tries'));
  const wait = async () => {
    log.info({ lockdown: isLocked }, 'sealed: waiting for `kinkeeper unlock`');
    const state = await waitForUnlock({ socketPath: join(stateDir, 'bot.sock'), tryUnlock: open, signal, record });
    if (isLocked) state.control.facts.set(UNLOCKED, String(systemClock()));
    lockdown.lift();
    return state;
  };
  const state = secrets.passphrase && !isLocked ? await open(secrets.passphrase.reveal()) : await wait();
  record.writeTo(state.control.audit, 'bot', systemClock());
  return state;
}

/** undefined: the password comes as a credential, or from nowhere. */
function passwordFileIn(files: Loaded['files']): PasswordFile | undefined {
  const file = files.find(({ name }) => name === 'matrix.passwordFile');
  return file && new PasswordFile(file.path);
}

/** Of the files of keys those that the bot reads itself. */
function rotationPlaces(
  { config, files }: Pick<Loaded, 'config' | 'files'>,
  control: OpenState['control'],
): RotationPlaces {
  const pathsOf = (...settings: string[]) =>
    files.filter(({ name }) => settings.includes(name)).map(({ path }) => path);
  return {
    stateDir: config.stateDir,
    passwordFile: pathsOf('matrix.passwordFile')[0],
    accountsTokenFile: pathsOf('homeserver.adminTokenFile')[0],
    apiKeys: livingApiKeys(control).flatMap(({ caller, keys }) => keys.map((key) => apiKeyMark(caller, key))),
    modelKeyFiles: pathsOf('embedding.apiKeyFile', 'answering.apiKeyFile'),
    hasDatabase: config.store.kind !== 'sqlite' || config.homeserver.kind === 'postgres',
    databaseKeyFiles: pathsOf('store.apiKeyFile'),
    recipientsFile: config.backup.recipientsFile,
    hasHostHelper: config.host.spoolDir !== undefined,
    etc: '/etc',
  };
}

function password({ config, secrets }: Pick<Loaded, 'config' | 'secrets'>): string {
  if (secrets.matrixPassword) return secrets.matrixPassword.reveal();
  throw new AppError('invalid', `The bot has no session yet and no password for ${config.matrix.userId}.`, {
    hint: 'Set matrix.passwordFile (KINKEEPER_MATRIX_PASSWORD_FILE) for the first start.',
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'HomeserverError');
}
