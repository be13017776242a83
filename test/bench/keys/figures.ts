/** Time of some work: by the clock, and CPU time of the whole process, which other work on the machine does not lengthen. */
export interface Spent {
  readonly ms: number;
  readonly cpuMs: number;
}

/** The two sides that are compared: files under the household's keys, and the same without any. */
export const SIDES = ['sealed', 'plain'] as const;
export type Side = (typeof SIDES)[number];

/** Medians over the rounds of one measure, per unit, and the ratio of sealed to plain: its median, lowest and highest round. */
export interface Compared {
  readonly rounds: number;
  readonly sealed: Spent;
  readonly plain: Spent;
  readonly clock: Ratio;
  readonly cpu: Ratio;
}
export interface Ratio {
  readonly median: number;
  readonly lowest: number;
  readonly highest: number;
}

export async function spent<T>(work: () => T | Promise<T>): Promise<Spent & { readonly result: T }> {
  const [before, started] = [process.cpuUsage(), performance.now()];
  const result = await work();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(before);
  return { ms, cpuMs: (user + system) / 1000, result };
}

/** The same work on both sides, one right after the other, in another order with every turn. */
export async function onBoth(turn: number, work: (side: Side) => unknown): Promise<Record<Side, Spent>> {
  const took = { sealed: { ms: 0, cpuMs: 0 }, plain: { ms: 0, cpuMs: 0 } };
  for (const side of turn % 2 === 0 ? SIDES : SIDES.toReversed()) took[side] = await spent(() => work(side));
  return took;
}

/** Gathers what both sides took for units of work, round by round. */
export class Rounds {
  readonly #rounds: { units: number; sealed: Spent; plain: Spent }[] = [];

  add(round: number, took: Record<Side, Spent>): void {
    const nothing = { ms: 0, cpuMs: 0 };
    const { units, sealed, plain } = this.#rounds[round] ?? { units: 0, sealed: nothing, plain: nothing };
    this.#rounds[round] = { units: units + 1, sealed: sum(sealed, took.sealed), plain: sum(plain, took.plain) };
  }

  compared(): Compared {
    const rounds = this.#rounds.filter((round) => round !== undefined);
    const perUnit = (side: Side, of: keyof Spent) => median(rounds.map((round) => round[side][of] / round.units));
    const side = (name: Side): Spent => ({ ms: perUnit(name, 'ms'), cpuMs: perUnit(name, 'cpuMs') });
    const ratio = (of: keyof Spent) => spread(rounds.map(({ sealed, plain }) => sealed[of] / plain[of]));
    return {
      rounds: rounds.length,
      ...{ sealed: side('sealed'), plain: side('plain'), clock: ratio('ms'), cpu: ratio('cpuMs') },
    };
  }
}

export function spread(values: readonly number[]): Ratio {
  return { median: median(values), lowest: Math.min(...values), highest: Math.max(...values) };
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

export function sum(one: Spent, other: Spent): Spent {
  return { ms: one.ms + other.ms, cpuMs: one.cpuMs + other.cpuMs };
}
