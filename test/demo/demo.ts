import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { afternoon } from './afternoon.ts';
import { makePapers } from './documents/papers.ts';
import { Ending } from './ending.ts';
import { Narrator } from './narrator.ts';
import { allShown, printSummary, runSteps } from './run-steps.ts';
import type { Stage } from './stage.ts';
import { seconds, Terminal } from './terminal.ts';

const USAGE = `usage: npm run demo [-- --once] [--console] [--transcript <file>]

A family afternoon with the real product, in a folder that is thrown away.

--once               end after the afternoon: 0 when every step showed what it should, else 1
--console            play in the console, without Matrix
--transcript <file>  write the conversation as JSON, too
`;

const INSTALL = fileURLToPath(new URL('../lab/install.mjs', import.meta.url));
const INDEX_UNREACHABLE = 3;
const GRACE_MS = 5_000;
const DOUBTED = 'At ~ the models of this machine answered otherwise than the papers say; larger ones do better.';

interface Options {
  readonly once: boolean;
  readonly console: boolean;
  readonly transcript: string | undefined;
}

/** What the two ways to play share. */
interface Play {
  readonly options: Options;
  readonly terminal: Terminal;
  readonly ending: Ending;
  readonly started: number;
}

// The SDK of the clients leaves timers behind.
process.exit(await main());

/** `npm run demo`. Exit codes: 0 shown (or ended by Ctrl-C after the afternoon), 1 not shown, 2 usage, 130 interrupted. */
async function main(): Promise<number> {
  const options = readOptions();
  if (options === undefined) return 2;
  forgetSettings();
  const ending = new Ending();
  const terminal = new Terminal();
  const play = { options, terminal, ending, started: Date.now() };
  try {
    return await Promise.race([
      playAfternoon(play),
      ending.interrupted.then(() => {
        terminal.line('\n Ending …');
        terminal.mute();
        return ending.exitCode;
      }),
    ]);
  } catch (thrown) {
    terminal.line(`\n ${terminal.paint('red', 'The demo could not go on:')} ${(thrown as Error).message}`);
    return 1;
  } finally {
    terminal.mute();
    await ending.close();
  }
}

function readOptions(): Options | undefined {
  try {
    const { values } = parseArgs({
      options: { once: { type: 'boolean' }, console: { type: 'boolean' }, transcript: { type: 'string' } },
    });
    return { once: values.once === true, console: values.console === true, transcript: values.transcript };
  } catch (thrown) {
    process.stderr.write(`${(thrown as Error).message}\n\n${USAGE}`);
    return undefined;
  }
}

/** Settings of an installation of yours must not reach the demo's; only the choice of models may. */
function forgetSettings(): void {
  for (const name of Object.keys(process.env)) {
    if (/^KINKEEPER_(?!EMBEDDING_|ANSWERING_|LAB$|PYTHON$)/.test(name)) delete process.env[name];
  }
}

async function playAfternoon(play: Play): Promise<number> {
  const { terminal, options } = play;
  terminal.line();
  terminal.line(terminal.paint('bold', ' Kinkeeper: a family’s afternoon'));
  terminal.line();
  if (!options.console && (await installSynapse(play))) return playInMatrix(play);
  return playInConsole(play);
}

/** Installs Synapse where it is missing, with the installer's own progress. False when the package index cannot be reached. */
async function installSynapse({ terminal, ending }: Play): Promise<boolean> {
  const child = spawn(process.execPath, [INSTALL, 'python'], { stdio: ['ignore', 'inherit', 'inherit'] });
  ending.watch(() => (child.exitCode === null && child.pid ? [child.pid] : []));
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code === 0) return true;
  if (code !== INDEX_UNREACHABLE) throw new Error('Synapse could not be installed; --console plays without it.');
  terminal.line(' PyPI cannot be reached, so there is no homeserver: the same afternoon in the console.');
  return false;
}

async function playInMatrix(play: Play): Promise<number> {
  const { terminal, ending, options } = play;
  const [{ MatrixHomeBuilder }, { MatrixStage }, { Phases }, { modelsInWords, countInWords }, { printInvitation }] =
    await Promise.all([
      import('./matrix-home.ts'),
      import('./matrix-stage.ts'),
      import('./phases.ts'),
      import('./facts.ts'),
      import('./invitation.ts'),
    ]);
  const builder = new MatrixHomeBuilder();
  // After Ctrl-C in a terminal bot and jobs are ending already; a second signal would cut that off.
  ending.defer(() => builder.close({ graceMs: ending.reachedAll ? GRACE_MS : 0 }));
  ending.watch(() => builder.pids());
  const home = await builder.open(new Phases(terminal));
  const models = modelsInWords(home.bot.output());
  terminal.line();
  for (const line of models.lines) terminal.line(`   ${line}`);
  const code = await playOn(new MatrixStage(home, models), play, async () => {
    const count = await countInWords(home.synapse);
    return { ok: count.leaks === 0, lines: [count.line, ...models.lines] };
  });
  if (options.once || code !== 0) return code;
  printInvitation(terminal, home);
  ending.exitCode = 0;
  const { code: botCode, signal } = await home.bot.ended;
  await ending.grace();
  throw new Error(`the bot ended (${botCode ?? signal}):\n${home.bot.output().slice(-2_000)}`);
}

async function playInConsole(play: Play): Promise<number> {
  const { ConsoleStage } = await import('./console-stage.ts');
  const stage = new ConsoleStage();
  play.ending.defer(() => stage.close());
  return playOn(stage, play, async () => ({ ok: true, lines: [] }));
}

/** Plays all steps and prints what they showed. */
async function playOn(
  stage: Stage,
  { terminal, options, started }: Play,
  facts: () => Promise<{ ok: boolean; lines: readonly string[] }>,
): Promise<number> {
  const played = Date.now();
  const narrator = new Narrator(terminal);
  const results = await runSteps(afternoon(stage, narrator, makePapers()), narrator);
  const { ok, lines } = await facts();
  const shown = results.filter(({ reached, failure, doubted }) => reached && failure === undefined && !doubted).length;
  const doubted = results.some((result) => result.doubted === true);
  const time = `set-up ${seconds(played - started)}, afternoon ${seconds(Date.now() - played)}`;
  printSummary(terminal, results, [
    `${shown} of ${results.length} steps showed what they should; ${time}`,
    ...(doubted ? [DOUBTED] : []),
    ...lines,
  ]);
  if (options.transcript !== undefined)
    writeFileSync(options.transcript, `${JSON.stringify({ lines: narrator.lines }, null, 1)}\n`);
  const failed = results.find(({ failure }) => failure !== undefined);
  if (failed !== undefined) {
    terminal.line(`\n ${terminal.paint('red', `Not shown: ${failed.title}`)}\n ${failed.failure}`);
    terminal.line(`\n The end of the bot’s log:\n${stage.logTail()}`);
  }
  return ok && allShown(results) ? 0 : 1;
}
