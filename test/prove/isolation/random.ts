import { randomStream } from '../../bot/random.ts';

/** Choices of one seeded stream. */
export interface Random {
  chance(share: number): boolean;
  below(limit: number): number;
  of<T>(items: readonly T[]): T;
  canary(): string;
}

/** Words of papers that no dictionary has; `CANARY` finds them in any answer. */
export const CANARY = /zq[a-z]{12}x/g;

/** Makes the choices of a seed. */
export function seededRandom(seed: number): Random {
  const next = randomStream(seed);
  const below = (limit: number) => Math.floor(next() * limit);
  const letter = () => 'abcdefghijklmnoprstuvw'[below(22)];
  return {
    below,
    chance: (share) => next() < share,
    of: (items) => items[below(items.length)]!,
    canary: () => `zq${Array.from({ length: 12 }, letter).join('')}x`,
  };
}
