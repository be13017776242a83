import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { randomStream } from '../bot/random.ts';
import type { ProductProcess } from '../lab/household.ts';
import { type CampaignOptions, Family } from './family.ts';
import { KILL_POINTS, type KillPoint, killedLine, LATEST_OCCURRENCE } from './kill-points.ts';
import { Traffic } from './traffic.ts';
import { isClean, type Verdict } from './verdict.ts';

/** How one life of the bot ends: at the n-th time it reaches a point, or some time after it was up (negative: before). */
type Death =
  | { readonly kind: 'point'; readonly point: KillPoint; readonly nth: number }
  | { readonly kind: 'random'; readonly duringStart: boolean; readonly afterMs: number };

/** What a durability campaign did and what the readers found. */
export interface DurabilityReport {
  readonly campaign: 'durability';
  readonly seed: number;
  readonly scale: number;
  readonly seconds: number;
  /** Kills that happened at each point, as the killed process itself said. */
  readonly killsAtPoint: Readonly<Record<string, number>>;
  readonly killsAtFirstStart: number;
  readonly killsAtRandom: number;
  readonly verdict: Verdict;
  readonly clean: boolean;
  /** Each life in order, as `point:n` or `random <ms>`. */
  readonly history: readonly string[];
  /** Where state and log of a failed run lie. */
  readonly folder: string;
}

type Random = () => number;

const KILL_AT = fileURLToPath(new URL('./kill-at.ts', import.meta.url));
const KILLS_PER_POINT = 3;
const RANDOM_KILLS = 50;
const FIRST_START_KILLS = 4;
const LONGEST_RANDOM_MS = 1800;
const LONGEST_START_MS = 1500;
/** What the bot logs when its parts are open and it begins to sync. */
const UP = 'the bot is up';
const LIVES_PER_VISIT = 16;
/** More than one sync shows of a room: the rest has to be back-filled, by a bot that is killed meanwhile. */
const ABSENCE_MESSAGES = 105;
/** When a point is not reached, somebody sends one more. */
const NUDGE_MS = 1500;
const LONGEST_LIFE_MS = 180_000;
/** For everything that is still unanswered when the killing ends. */
const LAST_ANSWERS_MS = 120_000;

/**
 * Kills the bot with SIGKILL at every named point and at random times while a family talks to it, starts it again each
 * time, and counts from outside what came of every message. Throws when the bot ends by itself or never reaches a point.
 */
export async function killCampaign(options: CampaignOptions): Promise<DurabilityReport> {
  const { seed, scale, say } = options;
  const started = performance.now();
  // Three streams: how many nudges a run needs depends on the machine, and must not change which kills are drawn.
  const [random, drawing, choosing] = [seed, seed + 1, seed + 2].map(randomStream) as [Random, Random, Random];
  const traffic = new Traffic(drawing, { messages: Math.round(200 * scale), files: Math.round(20 * scale) });
  const family = await Family.prepare(options, choosing);
  const run = new Run(family, traffic, random);
  let verdict: Verdict | undefined;
  try {
    say(`household in ${family.home.dir}`);
    await run.killFirstStarts(Math.max(1, Math.round(FIRST_START_KILLS * scale)));
    await run.settle();
    const deaths = drawDeaths(random, scale);
    const absence = scale >= 1 ? ABSENCE_MESSAGES : 0;
    const perLife = (traffic.left - absence) / deaths.length;
    for (const [index, death] of deaths.entries()) {
      if (absence > 0 && index === Math.floor(deaths.length / 2)) await run.absence(absence);
      if (index % LIVES_PER_VISIT === LIVES_PER_VISIT >> 1) family.visit();
      await run.live(death, { items: Math.floor((index + 1) * perLife) - Math.floor(index * perLife) });
      if (index % 10 === 9) say(`${index + 1} of ${deaths.length} kills`);
    }
    run.start();
    while (traffic.left > 0) family.post(traffic.next());
    verdict = await family.judge(LAST_ANSWERS_MS, 9999);
    const { killsAtPoint, killsAtFirstStart, killsAtRandom, history } = run;
    return {
      campaign: 'durability',
      seed,
      scale,
      seconds: Math.round((performance.now() - started) / 1000),
      killsAtPoint,
      killsAtFirstStart,
      killsAtRandom,
      verdict,
      clean: isClean(verdict),
      history,
      folder: family.home.dir,
    };
  } catch (error) {
    throw new Error(
      `${(error as Error).message}\nkills until then: ${run.history.join(', ')}\nstate and log: ${family.home.dir}`,
      {
        cause: error,
      },
    );
  } finally {
    await family.close({ keep: !(verdict && isClean(verdict)) });
  }
}

/** Every point at least once, the random ones among them, in a seeded order. */
function drawDeaths(random: () => number, scale: number): Death[] {
  const deaths: Death[] = [];
  for (const point of KILL_POINTS) {
    for (let i = 0; i < Math.max(1, Math.round(KILLS_PER_POINT * scale)); i += 1)
      deaths.push({ kind: 'point', point, nth: 1 + Math.floor(random() * LATEST_OCCURRENCE[point]) });
  }
  for (let i = 0; i < Math.max(1, Math.round(RANDOM_KILLS * scale)); i += 1) {
    const duringStart = random() < 0.2;
    const afterMs = Math.floor(random() * (duringStart ? LONGEST_START_MS : LONGEST_RANDOM_MS));
    deaths.push({ kind: 'random', duringStart, afterMs });
  }
  for (let i = deaths.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random() * (i + 1));
    [deaths[i], deaths[j]] = [deaths[j]!, deaths[i]!];
  }
  return deaths;
}

class Run {
  readonly killsAtPoint: Record<string, number> = Object.fromEntries(KILL_POINTS.map((point) => [point, 0]));
  readonly history: string[] = [];
  killsAtFirstStart = 0;
  killsAtRandom = 0;
  readonly #family: Family;
  readonly #traffic: Traffic;
  readonly #random: () => number;

  constructor(family: Family, traffic: Traffic, random: () => number) {
    this.#family = family;
    this.#traffic = traffic;
    this.#random = random;
  }

  start(): ProductProcess {
    return this.#family.startBot();
  }

  /** The very first starts (login, keys, cross-signing) are killed in the crypto store's writes. */
  async killFirstStarts(times: number): Promise<void> {
    for (let i = 0; i < times; i += 1) {
      const nth = 1 + Math.floor(this.#random() * LATEST_OCCURRENCE['crypto-flushing']);
      await this.#killedAt('crypto-flushing', nth, () => undefined);
      this.killsAtFirstStart += 1;
      this.history.push(`first start crypto-flushing:${nth}`);
    }
  }

  /** A quiet life in which the family comes together, ended like all others. */
  async settle(): Promise<void> {
    const bot = this.start();
    await this.#family.gather(this.#traffic);
    bot.child.kill('SIGKILL');
    await bot.ended;
  }

  /** The bot is away for long while one person goes on writing. */
  async absence(messages: number): Promise<void> {
    for (let i = 0; i < messages; i += 1) await this.#family.members[0]!.post(this.#traffic.next('message'));
    this.history.push(`absence of ${messages} messages`);
  }

  /** One life: some items arrive, the first while the bot starts, and it is killed on the way. */
  async live(death: Death, { items }: { items: number }): Promise<void> {
    for (let i = 0; i < items; i += 1)
      this.#family.post(this.#traffic.next(), i === 0 ? 0 : 1000 + this.#random() * 1500);
    if (death.kind === 'point') {
      const { point, nth } = death;
      await this.#killedAt(point, nth, () =>
        this.#family.post(this.#traffic.next(point === 'document-stored' ? 'file' : undefined)),
      );
      this.killsAtPoint[point] = (this.killsAtPoint[point] ?? 0) + 1;
      this.history.push(`${point}:${nth}`);
      return;
    }
    const bot = this.start();
    if (!death.duringStart) await logged(bot, UP);
    await Promise.race([sleep(death.afterMs), bot.ended]);
    bot.child.kill('SIGKILL');
    const { code, signal } = await bot.ended;
    if (signal !== 'SIGKILL')
      throw new Error(`the bot ended by itself (${code ?? signal}):\n${bot.output().slice(-2000)}`);
    this.killsAtRandom += 1;
    this.history.push(`random ${death.duringStart ? 'start+' : ''}${death.afterMs}`);
  }

  /** Starts a bot that kills itself at a point, and waits until it did; somebody sends more while it does not get there. */
  async #killedAt(point: KillPoint, nth: number, nudge: () => void): Promise<void> {
    const bot = this.#family.startBot({
      nodeOptions: ['--import', KILL_AT],
      env: { KINKEEPER_TEST_KILL: `${point}:${nth}` },
    });
    // Not `ended`: the last words may still be in the pipe when the process is gone.
    const closed = once(bot.child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    const late = new AbortController();
    let nudging: NodeJS.Timeout | undefined;
    void logged(bot, UP).then(() => {
      if (!late.signal.aborted) nudging = setInterval(nudge, NUDGE_MS);
    });
    try {
      const end = await Promise.race([closed, sleep(LONGEST_LIFE_MS, undefined, { signal: late.signal })]);
      if (end === undefined) throw new Error(`the bot did not reach ${point} ${nth} times in three minutes`);
      if (end[1] === 'SIGKILL' && bot.output().includes(killedLine(point))) return;
      throw new Error(`the bot ended by itself (${end[0] ?? end[1]}) before ${point}:\n${bot.output().slice(-2000)}`);
    } finally {
      late.abort();
      clearInterval(nudging);
    }
  }
}

/** Resolves when the process has logged a text, or has ended. */
async function logged(bot: ProductProcess, text: string): Promise<void> {
  if (bot.output().includes(text)) return;
  await new Promise<void>((resolve) => {
    bot.child.stderr?.on('data', () => {
      if (bot.output().includes(text)) resolve();
    });
    void bot.ended.then(() => resolve());
  });
}
