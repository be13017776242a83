import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { Stage } from '../../bot/dispatcher-side.ts';
import { randomStream } from '../../bot/random.ts';
import { liveLife, portions } from './life.ts';
import { Canaries, findMarks, type Kind } from './marks.ts';
import { shellCommands, shellSinks } from './shell.ts';
import { adminSinks, diskSinks, opsSinks, outsideSinks, processSink, type Sink } from './sinks.ts';
import { unwalked } from './unwalked.ts';

const CRASHES = fileURLToPath(new URL('./crash.child.ts', import.meta.url));
/** At scale 1. */
const CANARIES = 1000;

export interface CanaryOptions {
  readonly seed: number;
  readonly scale: number;
  readonly say: (line: string) => void;
  /** A fault put in on purpose, to see the search find it. Called when the life is over. */
  readonly leak?: (stage: Stage, canary: string) => void;
  /** False leaves out the commands of the shell, each of which is a process of its own. */
  readonly shell?: boolean;
}

/** What the campaign counted. `found` must be empty. */
export interface CanaryFigures {
  readonly canaries: Readonly<Record<Kind, number>>;
  readonly total: number;
  /** Canaries that Ada could read in her own chat: the control that they were really there. */
  readonly seenByOwner: number;
  /** Places looked at, and their bytes together. */
  readonly sinks: number;
  readonly bytes: number;
  readonly files: number;
  /** Exports that were sent; their parts are looked at as the homeserver has them. */
  readonly exports: number;
  /** Commands, jobs and commands of the shell that nobody looked at; must be empty. */
  readonly unwalked: readonly string[];
  readonly found: readonly { readonly kind: Kind | 'torn'; readonly sink: string; readonly form: string }[];
}

/** Lives a life of canaries on the real middle of the bot and a real state folder, then looks for them wherever others could. */
export async function canaryCampaign(options: CanaryOptions): Promise<{ ok: boolean; figures: CanaryFigures }> {
  const root = mkdtempSync(join(tmpdir(), 'kinkeeper-canaries-'));
  const before = process.env.TMPDIR;
  // Whatever this process or its children put into a temporary folder is looked at as well.
  process.env.TMPDIR = join(root, 'tmp');
  for (const folder of ['tmp', 'copies']) mkdirSync(join(root, folder));
  try {
    return await live(options, root);
  } finally {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
    rmSync(root, { recursive: true, force: true });
  }
}

async function live(options: CanaryOptions, root: string) {
  const { seed, scale, say, leak, shell = true } = options;
  const canaries = new Canaries(randomStream(seed));
  const stage = new Stage();
  await stage.open();
  const watch = watchProcesses();
  try {
    const sinks: Sink[] = [];
    const look = (when: string) => {
      say(`${canaries.size} canaries, ${when}`);
      sinks.push(...diskSinks(join(root, 'tmp'), join(root, 'copies'), when));
    };
    // First: the doctor, later on, turns dumps off for this process and all that it starts.
    await crash(join(root, 'tmp'), canaries.make('text'));
    await liveLife(stage, canaries, { amount: portions(CANARIES * scale), pause: look });
    const shown = await stage.settle();
    leak?.(stage, canaries.make('text'));
    sinks.push(...(await adminSinks(stage)), ...(await opsSinks(stage, settings(root, stage))));
    sinks.push(...(await outsideSinks(stage)), { name: 'bot log', bytes: Buffer.from(stage.logged.join('')) });
    if (shell) sinks.push(...(await shellSinks(join(stage.home.folder, 'state'), join(root, 'tmp'))));
    look('after all commands and jobs');
    sinks.push({ name: 'processes', bytes: watch.stop() });
    const missed = unwalked({
      sinks: sinks.map(({ name }) => name),
      jobs: stage.home.state.control.jobs.recent(10_000).map(({ job }) => job),
      shell: shell ? await shellCommands() : undefined,
    });
    return judge(canaries, { sinks, shown, missed });
  } finally {
    watch.stop();
    await stage.close();
  }
}

function judge(
  canaries: Canaries,
  { sinks, shown, missed }: { sinks: readonly Sink[]; shown: readonly string[]; missed: readonly string[] },
) {
  const found = sinks.flatMap(({ name, bytes }) =>
    findMarks(bytes).map(({ form, text }) => ({ kind: canaries.kindOf(text), sink: name, form })),
  );
  const seenByOwner = canaries.in(shown.join('\n')).size;
  const figures: CanaryFigures = {
    canaries: canaries.counts,
    total: canaries.size,
    seenByOwner,
    sinks: sinks.length,
    bytes: sinks.reduce((sum, { bytes }) => sum + bytes.length, 0),
    files: sinks.filter(({ name }) => name.startsWith('file ')).length,
    exports: shown.filter((text) => text.startsWith('The password of this export')).length,
    unwalked: missed,
    found: found.slice(0, 50),
  };
  return { ok: found.length === 0 && missed.length === 0 && seenByOwner > 0, figures };
}

/** As large a dump as the machine lets this process write. */
const DUMPS_ON = 'ulimit -c "$(ulimit -H -c)"; exec "$@"';

/** Crashes a process that holds a private word, in a folder that is looked at. */
async function crash(folder: string, word: string): Promise<void> {
  const place = join(folder, 'crash');
  mkdirSync(place);
  const ended = await execa('sh', ['-c', DUMPS_ON, 'sh', process.execPath, CRASHES], {
    ...{ cwd: place, input: word, reject: false },
  });
  if (ended.signal !== 'SIGSEGV')
    throw new Error(`the process that was to crash ended otherwise: ${ended.shortMessage}`);
}

/** Looks at all command lines and environments now and then; `stop` returns what was seen. */
function watchProcesses(): { stop: () => Buffer } {
  const seen: Buffer[] = [];
  const timer = setInterval(() => {
    // Only what holds the mark is kept: the rest is the same every time.
    const bytes = processSink();
    if (findMarks(bytes).length > 0 || seen.length === 0) seen.push(bytes);
  }, 250);
  return {
    stop: () => {
      clearInterval(timer);
      return Buffer.concat(seen);
    },
  };
}

function settings(root: string, { home, server }: Stage): string {
  const file = join(root, 'kinkeeper.yaml');
  const stateDir = join(home.folder, 'state');
  writeFileSync(file, `stateDir: ${stateDir}\nmatrix: { homeserver: "${server.url}", userId: "@kin:home.test" }\n`);
  return file;
}
