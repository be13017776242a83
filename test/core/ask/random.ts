/** Small seeded generator (mulberry32) for random tests; print the seed with the test's name. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Seed of this run: `SEED` from the environment, else a new one. */
export const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
