import { randomInt } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { PlannedSecret } from './plan/plan.ts';

/** Without what looks alike on paper (0 O 1 l I). */
const LETTERS = 'abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789';

/** Letters and digits by chance: 32 of them stand for 185 bits. */
export function randomSecret(length = 32): string {
  return Array.from({ length }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}

/** What stands in a secret file that is not there yet. Those that others are made of have to be there. */
export function makeSecret({ make }: PlannedSecret): string {
  if (make.kind === 'random') return randomSecret();
  const of = readFileSync(make.of, 'utf8').trim();
  if (make.kind === 'copy') return of;
  return `postgresql://${make.user}:${of}@${make.host}:5432/${make.database}`;
}
