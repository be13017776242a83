import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { ConfigError } from '../config/config-error.ts';
import { loadLocalConfig } from '../config/load.ts';
import { settingsFile } from '../config/settings-file.ts';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { BackgroundEmbedder } from '../core/embed/background-embedder.ts';
import { errorLine } from '../core/errors.ts';
import { EXIT, tellFailure, UsageError } from '../core/exit.ts';
import { refuseLockedDown } from '../core/keys/lockdown.ts';
import { createLogger } from '../core/log.ts';
import { sweepRetention } from '../core/retention/sweep.ts';
import { openState, peekState } from '../core/sqlite/open-state.ts';
import { holdLock } from '../core/sqlite/process-lock.ts';
import { beginTrial, requireTrial } from '../core/trial.ts';
import { chooseModels } from './choose-models.ts';
import { consoleNotices } from './console/console-notices.ts';
import { consoleParts } from './console/console-parts.ts';
import { ConsoleSession } from './console/console-session.ts';
import { createScreen, type Screen } from './console/screen.ts';
import { makeStateDir } from './make-state-dir.ts';
import { openIndex } from './open-index.ts';
import { startEmbedding } from './start-embedding.ts';
import { say } from './wording/say.ts';

const USAGE = `usage: kinkeeper console [--config kinkeeper.yaml] [--as @name:server]

The same product in this terminal, without Matrix, for trying it out: it opens only a state folder that it
made itself and that no bot has served, because it reads and exports in the name of its people. Lines may also come from a pipe:
  add <path> ...   read files
  !help            the commands
  quit             end (or the end of the input)
  anything else    a question

--config <file>    settings (default: kinkeeper.yaml, where there is one)
--as <person>      whose documents (default: the first admin of the settings)
`;

type Loaded = ReturnType<typeof loadLocalConfig>;

/**
 * `kinkeeper console`. Exit code 0 at the end of the input, 2 for settings or usage, 1 for anything else: the bot runs on
 * the same state, a wrong passphrase, or (when the lines come from a pipe) a line that failed.
 */
async function main(): Promise<number> {
  const stop = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
  try {
    const options = readArguments();
    if (options.help) {
      process.stdout.write(USAGE);
      return EXIT.done;
    }
    const loaded = loadLocalConfig({
      file: settingsFile(options.config),
      env: process.env,
      secrets: ['passphrase', 'storeApiKey', 'embeddingApiKey', 'answeringApiKey'],
    });
    return await runConsole(loaded, options.as, stop);
  } catch (thrown) {
    return stop.signal.aborted ? EXIT.done : tellFailure(thrown, 'console');
  }
}

function readArguments(): { config?: string | undefined; as?: string | undefined; help?: boolean | undefined } {
  try {
    return parseArgs({
      options: {
        config: { type: 'string', short: 'c' },
        as: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    }).values;
  } catch (thrown) {
    throw new UsageError(`${errorLine(thrown)}\n\n${USAGE}`);
  }
}

async function runConsole({ config, secrets }: Loaded, as: string | undefined, stop: AbortController): Promise<number> {
  const isTerminal = process.stdin.isTTY === true;
  // On a terminal the log would run into the conversation; what matters is shown there with its reference.
  const log = createLogger({ name: 'console', level: isTerminal ? 'error' : config.log });
  const screen = createScreen(process.stdout, process.stderr);
  const person = personAtConsole(config.people, as);
  await using cleanup = new AsyncDisposableStack();
  const opened = await open({ config, secrets }, screen, cleanup);
  const own = opened.control.people.find(person);
  if (own === undefined) throw unknownPerson(person);
  const started = { at: systemClock(), actor: 'shell', action: 'console.started', target: own.tenant };
  opened.control.audit.append({ ...started, outcome: 'done' });
  const models = await chooseModels(config, secrets);
  cleanup.defer(models.close);
  const model = models.embedder?.model;
  const { state, index } = await openIndex({ config, secrets, state: opened, model, log }, cleanup);
  const background =
    models.embedder && new BackgroundEmbedder({ ...state.control, vault: state.vault, embedder: models.embedder, log });
  if (background) cleanup.use(startEmbedding(background, models.download, log));
  const onStored = background && (() => background.wake());
  const parts = consoleParts({ config, state, index, person, models, onStored, screen, log });
  const { language } = parts.caller();
  screen.say(say(language, 'console.hello', { person, model: models.inUse.answering?.name ?? '' }));
  if (isTerminal) screen.say(say(language, 'console.hint'));
  sweepRetention({ ...state, policy: config.retention, people: [own], ...consoleNotices(screen), log }, systemClock());
  const session = new ConsoleSession(parts);
  await converse(session, stop);
  if (isTerminal) screen.say(say(parts.caller().language, 'console.bye'));
  return isTerminal || session.failures === 0 ? EXIT.done : EXIT.failed;
}

/**
 * Takes the bot's lock, opens the state, and shows the recovery code of a new one before anything else can fail. That
 * somebody tried it on a household's state stands in the audit trail there.
 */
async function open({ config, secrets }: Loaded, screen: Screen, cleanup: AsyncDisposableStack): Promise<OpenState> {
  const passphrase = secrets.passphrase ?? noPassphrase();
  const { stateDir } = config;
  refuseLockedDown(stateDir);
  makeStateDir(stateDir);
  cleanup.use(holdLock(join(stateDir, 'bot.lock')));
  const isNew = peekState(stateDir) === 'empty';
  const state = cleanup.use(
    await openState({ stateDir, passphrase: passphrase.reveal(), create: true, clock: systemClock }),
  );
  const { newRecoveryCode: code } = state;
  if (code !== undefined) {
    screen.say(say(config.people[0]?.language ?? 'en', 'console.recovery-code', { code }));
    state.recoveryCodeTold();
  }
  if (isNew) beginTrial(state.control);
  try {
    requireTrial(state.control);
  } catch (thrown) {
    const refused = { actor: 'shell', action: 'console.started', target: '-', outcome: 'refused' } as const;
    state.control.audit.append({ at: systemClock(), ...refused });
    throw thrown;
  }
  state.control.people.seed(config.people);
  return state;
}

/** Line by line until the input ends, `quit` is typed or a signal comes. Lines wait while one is handled. */
async function converse(session: ConsoleSession, stop: AbortController): Promise<void> {
  const isTerminal = process.stdin.isTTY === true;
  const lines = createInterface({ input: process.stdin, ...(isTerminal && { output: process.stdout, prompt: '> ' }) });
  stop.signal.addEventListener('abort', () => lines.close(), { once: true });
  lines.on('SIGINT', () => stop.abort());
  if (isTerminal) lines.prompt();
  for await (const line of lines) {
    if (!(await session.handle(line, stop.signal))) break;
    if (isTerminal) lines.prompt();
  }
  lines.close();
}

/** The person of `--as`, else the first admin, else the first person of the settings. */
function personAtConsole(people: Loaded['config']['people'], as: string | undefined): string {
  const person = as ?? (people.find(({ role }) => role === 'admin') ?? people[0])?.id;
  if (person !== undefined) return person;
  throw new UsageError('Whose documents? The setting people names nobody yet.');
}

function unknownPerson(person: string): UsageError {
  return new UsageError(`${person} is not known here. The setting people names who is; !people add lets others in.`);
}

function noPassphrase(): never {
  const problem = 'missing; the console needs it, because nobody can unlock a console';
  const fault = { key: 'keys.passphraseFile', variable: 'KINKEEPER_KEYS_PASSPHRASE_FILE', problem };
  throw new ConfigError([fault], 'console');
}

// What the console writes is for its own account only.
process.umask(0o077);
process.exitCode = await main();
