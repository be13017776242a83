import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { OCR_PATIENCE, OCR_SECONDS_PER_PAGE } from '../../core/ingest/read-file.ts';
import { randomStream } from '../bot/random.ts';
import { MUTATIONS, pick, type Spoiling, spoiltName } from './hostile-mutations.ts';
import { canIsolate, HostileReader, type ReadOutcome } from './hostile-reader-client.ts';
import { builtInSeeds, filesIn, type Seed, seedsIn } from './hostile-seeds.ts';
import { TRAPS } from './hostile-traps.ts';

/** What a campaign is asked to do. `data`: a folder whose files are read as they are and spoilt, instead of our own. */
export interface HostileOptions {
  readonly seed: number;
  /** 1: every trap and 2,000 spoilt files; 0.02: twenty traps and forty. */
  readonly scale: number;
  readonly data?: string | undefined;
  readonly say: (line: string) => void;
}

/** What was seen. Every count but those of files and outcomes must be zero, every list empty, and memory flat. */
export interface HostileFigures {
  readonly seed: number;
  readonly scale: number;
  readonly seconds: number;
  readonly files: { readonly traps: number; readonly spoilt: number; readonly given: number };
  /** How many ended in text, and how many in each refusal. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** How often the process that stands for the bot died. */
  readonly crashes: number;
  /** Files that ended in neither text nor a known refusal, with what came instead. */
  readonly unsound: readonly string[];
  /** Files that took longer than their time and the time to end it. */
  readonly late: readonly string[];
  readonly slowestMs: number;
  /** Attempts by the children, and connections and datagrams of the process that started them. */
  readonly network: { readonly attempts: number; readonly packets: number };
  /** Attempts by the children (starting a program counts as one), and files found where they could write. */
  readonly writing: { readonly attempts: number; readonly files: readonly string[] };
  /** Of the process that stands for the bot, in MiB: medians over the first and the last quarter of the spoilt files, and the peak. */
  readonly memory: { readonly first: number; readonly last: number; readonly peak: number; readonly flat: boolean };
  /** How network and files were watched. */
  readonly measured: string;
}

/** The figures, whether all is well, and where the files that did harm lie (gone when all is well). */
export interface HostileReport {
  readonly ok: boolean;
  readonly figures: HostileFigures;
  readonly folder: string;
}

const SPOILT_AT_SCALE_ONE = 2000;
const SECONDS_PER_FILE = 20;
/** Ending a child, and cutting into passages what was read until then, on a busy machine. */
const GRACE_MS = 10_000;
/** One reading for the text, and one at low priority when a page is a picture. */
const LONGEST_MS = (SECONDS_PER_FILE + (SECONDS_PER_FILE + OCR_SECONDS_PER_PAGE) * OCR_PATIENCE) * 1000 + GRACE_MS;
const MOST_GROWTH = 64;
const MOST_MEMORY = 700;

const ISOLATED =
  'a hook in every child tells the parent of each call that connects, listens, resolves, sends, writes or starts a program, stopped or not (shown to work on a probe first); parent and children run in namespaces of their own, where the kernel counts packets and /tmp, /var/tmp and /dev/shm start empty (but for one that holds the program)';
const SHARED =
  'a hook in every child tells the parent of each call that connects, listens, resolves, sends, writes or starts a program, stopped or not (shown to work on a probe first); this machine allows no namespaces, so packets are the whole machine’s and files are looked for in one temporary folder';

interface HostileFile {
  readonly name: string;
  readonly make: () => Promise<Uint8Array | string> | Uint8Array | string;
  readonly group: 'traps' | 'spoilt' | 'given';
}

/** Reads every file in a process that stands for the bot, a few at a time, and tells what came of it. */
export async function hostileCampaign(options: HostileOptions): Promise<HostileReport> {
  const { seed, scale, say } = options;
  const started = performance.now();
  const isolated = canIsolate();
  const run = new Run(isolated, say);
  const files = chooseFiles(options);
  await run.readAll(files);
  const seen = await run.end();
  const count = (group: HostileFile['group']) => files.filter((file) => file.group === group).length;
  const figures: HostileFigures = {
    seed,
    scale,
    seconds: Math.round((performance.now() - started) / 1000),
    files: { traps: count('traps'), spoilt: count('spoilt'), given: count('given') },
    ...seen,
    measured: isolated ? ISOLATED : SHARED,
  };
  const ok = isSound(figures, isolated);
  if (ok) rmSync(run.folder, { recursive: true });
  return { ok, figures, folder: run.folder };
}

function isSound({ crashes, unsound, late, network, writing, memory }: HostileFigures, isolated: boolean): boolean {
  const harm = crashes + unsound.length + late.length + network.attempts + writing.attempts + writing.files.length;
  return harm === 0 && (network.packets === 0 || !isolated) && memory.flat;
}

function chooseFiles({ seed, scale, data }: HostileOptions): HostileFile[] {
  const seeds = data === undefined ? builtInSeeds() : seedsIn(data);
  if (seeds.length === 0) throw new Error('there is no file to spoil in that folder');
  const given = data === undefined ? [] : filesIn(data);
  return [
    ...chooseTraps(randomStream(seed), scale, data === undefined),
    ...given.map((path) => ({ name: basename(path), make: () => readFileSync(path), group: 'given' as const })),
    ...Array.from({ length: Math.ceil(SPOILT_AT_SCALE_ONE * scale) }, (_, index) => spoil(seeds, seed, index)),
  ];
}

/** All of them from half scale on; below, some that don't take long by design. */
function chooseTraps(random: () => number, scale: number, wanted: boolean): HostileFile[] {
  if (!wanted) return [];
  const light = TRAPS.filter(({ heavy }) => !heavy);
  const some = light.map((trap) => ({ trap, at: random() })).sort((a, b) => a.at - b.at);
  const chosen = scale >= 0.5 ? TRAPS : some.slice(0, Math.round(scale * 1000)).map(({ trap }) => trap);
  return chosen.map(({ name, bytes }) => ({ name, make: bytes, group: 'traps' }));
}

/** Each file has its own stream of chance, so that one can be made again by seed and number. */
function spoil(seeds: readonly Seed[], campaignSeed: number, index: number): HostileFile {
  const spoiling: Spoiling = { random: randomStream(campaignSeed + 7919 * (index + 1)), seeds };
  const honest = seeds[index % seeds.length]!;
  const mutation = pick(Object.keys(MUTATIONS), spoiling.random);
  const make = () => {
    try {
      return MUTATIONS[mutation]!(honest, spoiling);
    } catch {
      // A given archive may be too broken to be packed again.
      return MUTATIONS['bits flipped']!(honest, spoiling);
    }
  };
  const name = spoiltName(honest, mutation, spoiling);
  return { name: `${index} (${mutation}) ${name}`, make, group: 'spoilt' };
}

/** One campaign under way. */
class Run {
  readonly folder = mkdtempSync(join(tmpdir(), 'kinkeeper-hostile-'));
  readonly #isolated: boolean;
  readonly #say: (line: string) => void;
  readonly #outcomes: Record<string, number> = {};
  readonly #unsound: string[] = [];
  readonly #late: string[] = [];
  readonly #memory: number[] = [];
  #reader: ReturnType<typeof HostileReader.start> | undefined;
  #crashes = 0;
  #done = 0;
  #slowest = 0;

  constructor(isolated: boolean, say: (line: string) => void) {
    this.#isolated = isolated;
    this.#say = say;
  }

  /** As many at once as the machine has cores. */
  async readAll(files: readonly HostileFile[]): Promise<void> {
    const queue = files.values();
    const lane = async () => {
      for (const file of queue) {
        await this.#readOne(file);
        if (++this.#done % 100 === 0) this.#say(`${this.#done} of ${files.length} files`);
      }
    };
    await Promise.all(Array.from({ length: availableParallelism() }, lane));
  }

  async end() {
    const { reader, packets } = await this.#start();
    const report = await reader.report();
    await reader.stop();
    const quarter = Math.max(1, Math.floor(this.#memory.length / 4));
    const [first, last] = [median(this.#memory.slice(0, quarter)), median(this.#memory.slice(-quarter))];
    const peak = report?.peak ?? Number.NaN;
    return {
      outcomes: this.#outcomes,
      crashes: this.#crashes + (report === undefined ? 1 : 0),
      unsound: this.#unsound,
      late: this.#late,
      slowestMs: this.#slowest,
      network: { attempts: report?.attempts.network ?? Number.NaN, packets: (report?.packets ?? Number.NaN) - packets },
      writing: { attempts: report?.attempts.writing ?? Number.NaN, files: report?.written ?? [] },
      memory: { first, last, peak, flat: last - first <= MOST_GROWTH && peak <= MOST_MEMORY },
    };
  }

  async #readOne(file: HostileFile): Promise<void> {
    const bytes = Buffer.from((await file.make()) as Uint8Array);
    const { reader } = await this.#start();
    const name = file.name.replace(/^\d+ \(.*?\) /, '');
    const outcome = await reader.read({ bytes, name, seconds: SECONDS_PER_FILE });
    if (outcome === undefined) {
      // Of two files under way one did it; both are kept.
      if (reader.crashed && (await this.#reader)?.reader === reader) {
        this.#crashes++;
        this.#reader = undefined;
      }
      this.#keep(file.name, bytes);
    } else this.#judge(file, bytes, outcome);
  }

  #judge(file: HostileFile, bytes: Buffer, { outcome, sound, milliseconds, rss }: ReadOutcome): void {
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + 1;
    this.#slowest = Math.max(this.#slowest, milliseconds);
    if (file.group === 'spoilt') this.#memory.push(rss);
    if (file.group !== 'spoilt') this.#say(`${file.name}: ${outcome}, ${milliseconds} ms`);
    const late = milliseconds > LONGEST_MS;
    if (!sound) this.#unsound.push(`${file.name}: ${outcome}`);
    if (late) this.#late.push(`${file.name}: ${milliseconds} ms`);
    if (!sound || late) this.#keep(file.name, bytes);
  }

  #keep(name: string, bytes: Buffer): void {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(join(this.folder, name.replace(/[^\w. ()-]/g, '_').slice(-120)), bytes);
  }

  #start(): ReturnType<typeof HostileReader.start> {
    this.#reader ??= HostileReader.start(this.#isolated);
    return this.#reader;
  }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}
