import { parseArgs } from 'node:util';

/** How a campaign was called. */
export interface CampaignCall {
  readonly seed: number;
  readonly scale: number;
  readonly json: boolean;
  /** A folder, for campaigns that take one. */
  readonly data?: string | undefined;
  /** Address of a Qdrant, or "stand-in", for campaigns that take one. */
  readonly qdrant?: string | undefined;
  /** How the names of the parts begin that are to run, for campaigns that have some. */
  readonly only?: string | undefined;
}

/**
 * Reads `--seed S --scale N --json`, and `--data folder`, `--qdrant <url|stand-in>` or `--only name` where `more` says so. A
 * seed is drawn when none is given. Throws Error with the usage for anything else.
 */
export function readCall(args: readonly string[], more?: 'data' | 'qdrant' | 'only'): CampaignCall {
  const { values } = parseArgs({
    args: [...args],
    options: {
      seed: { type: 'string', default: String(1 + Math.floor(Math.random() * 2 ** 31)) },
      scale: { type: 'string', default: '1' },
      json: { type: 'boolean', default: false },
      data: { type: 'string' },
      qdrant: { type: 'string' },
      only: { type: 'string' },
    },
  });
  for (const name of ['data', 'qdrant', 'only'] as const)
    if (values[name] !== undefined && more !== name) throw new Error(`--${name} is of no use here`);
  const [seed, scale] = [Number(values.seed), Number(values.scale)];
  if (!Number.isInteger(seed) || seed < 0) throw new Error('--seed takes a whole number');
  if (!(scale > 0 && scale <= 100)) throw new Error('--scale takes a number above 0, at most 100');
  return { seed, scale, json: values.json, data: values.data, qdrant: values.qdrant, only: values.only };
}
