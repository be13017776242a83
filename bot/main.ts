import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { loadConfig } from '../config/load.ts';
import { settingsFile } from '../config/settings-file.ts';
import { answerQuestion } from '../core/ask/answer-question.ts';
import { gramsOf } from '../core/ask/grams.ts';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { BackgroundEmbedder } from '../core/embed/background-embedder.ts';
import { AppError, errorLine } from '../core/errors.ts';
import { EXIT, tellFailure, UsageError } from '../core/exit.ts';
import { waitForUnlock } from '../core/keys/unlock-socket.ts';
import { createLogger, type Logger } from '../core/log.ts';
import { migrate } from '../core/sqlite/migrate.ts';
import { openEncrypted } from '../core/sqlite/open-encrypted.ts';
import { openState } from '../core/sqlite/open-state.ts';
import { holdLock } from '../core/sqlite/process-lock.ts';
import { sqliteFault } from '../core/sqlite/sqlite-fault.ts';
import { loadTokenVectors } from '../core/static-embedder/token-vectors.ts';
import { answerText } from './answer-text.ts';
import { startHealthServer } from './api/health-server.ts';
import { Bot } from './bot.ts';
import { chooseModels } from './choose-models.ts';
import type { Ask } from './handle-question.ts';
import { makeStateDir } from './make-state-dir.ts';
import { BOT_MIGRATIONS } from './matrix/bot-migrations.ts';
import { Homeserver } from './matrix/homeserver.ts';
import { RoomBook } from './matrix/room-book.ts';
import { openSession } from './matrix/session.ts';
import { installTransport } from './matrix/transport.ts';
import { openIndex } from './open-index.ts';
import { productVersion } from './product-version.ts';
import { sourceLinks } from './source-links.ts';
import { startEmbedding } from './start-embedding.ts';

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
    const loaded = loadConfig({ file: settingsFile(configOption()), env: process.env });
    await runBot(loaded, createLogger({ name: 'bot', level: loaded.config.log }), stop);
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

async function runBot({ config, secrets }: Loaded, log: Logger, stop: AbortController): Promise<void> {
  const { stateDir, matrix } = config;
  await using cleanup = new AsyncDisposableStack();
  makeStateDir(stateDir);
  cleanup.use(holdLock(join(stateDir, 'bot.lock')));
  const opened = cleanup.use(await unlock({ config, secrets }, log, stop.signal));
  opened.control.people.seed(config.people);
  const db = cleanup.adopt(openEncrypted(join(stateDir, 'bot.db'), opened.botKey), (open) => void open.close());
  migrate(db, BOT_MIGRATIONS);
  installTransport(stop.signal);
  const anonymous = new Homeserver(matrix.homeserver, stop.signal);
  const session = await openSession(db, anonymous, {
    userId: matrix.userId,
    password: () => password({ config, secrets }),
  });
  const models = await chooseModels(config, secrets);
  cleanup.defer(models.close);
  if (models.inUse.embeddingState?.() === 'changed')
    log.warn('the embedding model was changed on disk and is not used: remove its folder (see `kinkeeper doctor`)');
  const model = models.embedder?.model;
  const { state, index } = openIndex({ config, secrets, state: opened, model, log }, cleanup);
  const vectors = loadTokenVectors();
  const rooms = new RoomBook(db);
  const server = session.userId.slice(session.userId.indexOf(':') + 1);
  const ask: Ask = async (caller, question, { signal, onPartial, onChecked }) => {
    const answer = await answerQuestion(
      caller,
      { ...question, at: systemClock() },
      { vault: state.vault, vectors, index, ...models.parts },
      { signal, onPartial: (text) => onPartial(`${text} …`), onChecked, language: caller.language },
    );
    const links = sourceLinks({ vault: state.vault, rooms, server }, caller, answer);
    return answerText(caller.language, answer, { question: question.text, links });
  };
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
  bot = new Bot(
    {
      state,
      db,
      session,
      homeserver: anonymous.withSession(session),
      opsRoomSetting: matrix.opsRoom,
      limits: config.limits,
      encoder: vectors,
      gramsOf,
      ask,
      services: { models: () => models.inUse },
      version: productVersion(),
      onStoreFailure: (error) => process.exit(tellFailure(sqliteFault(error, 'bot.db'), 'bot')),
      onStored: background && (() => background.wake()),
      clock: systemClock,
      log,
    },
    stop,
  );
  if (config.api.listen !== 'off') cleanup.use(await startHealthServer(config.api.listen, () => bot.lastContact));
  if (background) cleanup.use(startEmbedding(background, models.download, log));
  log.info({ models: models.why.map(({ key: choice, facts }) => ({ choice, ...facts })) }, 'the bot is up');
  await bot.run();
}

async function unlock({ config, secrets }: Loaded, log: Logger, signal: AbortSignal): Promise<OpenState> {
  const { stateDir } = config;
  const open = (passphrase: string) => openState({ stateDir, passphrase, create: true, clock: systemClock });
  if (secrets.passphrase) return open(secrets.passphrase.reveal());
  log.info('sealed: waiting for `kinkeeper unlock`');
  return waitForUnlock({ socketPath: join(stateDir, 'bot.sock'), tryUnlock: open, signal });
}

function password({ config, secrets }: Loaded): string {
  if (secrets.matrixPassword) return secrets.matrixPassword.reveal();
  throw new AppError('invalid', `The bot has no session yet and no password for ${config.matrix.userId}.`, {
    hint: 'Set matrix.passwordFile (KINKEEPER_MATRIX_PASSWORD_FILE) for the first start.',
  });
}

function isAbort(error: unknown): boolean {
  return error instanceof Error && (error.name === 'AbortError' || error.name === 'HomeserverError');
}
