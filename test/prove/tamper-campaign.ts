import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { seeded } from '../core/sqlite/sample-documents.ts';
import { TARGETS } from './tamper/index.ts';
import type { TamperTarget } from './tamper/target.ts';

/** Turned bits for each target at scale 1. */
const TRIES = 1000;

/** What came of the turned bits of one target. */
export interface TamperFigures {
  readonly tries: number;
  readonly detected: number;
  /** By the reason that named the damage. */
  readonly named: Readonly<Record<string, number>>;
  /** In places that hold nothing which is read; the content was the truth. */
  readonly unread: number;
  /** Not detected, wrongly named, or read wrongly. */
  readonly broken: readonly string[];
}

/** Turns one random bit in each target, again and again, and expects the product to say so and to hand out nothing wrong. */
export async function tamperCampaign(options: { seed: number; scale: number; say: (line: string) => void }) {
  const random = seeded(options.seed);
  const figures: Record<string, TamperFigures> = {};
  for (const target of TARGETS) {
    figures[target.name] = await tamperWith(target, Math.max(1, Math.round(TRIES * options.scale)), random);
    options.say(`${target.name}: ${JSON.stringify(figures[target.name])}`);
  }
  const ok = Object.values(figures).every(({ broken }) => broken.length === 0);
  return { ok, seed: options.seed, scale: options.scale, figures };
}

async function tamperWith(target: TamperTarget, tries: number, random: () => number): Promise<TamperFigures> {
  const place = mkdtempSync(join(tmpdir(), 'kin-tamper-'));
  const [template, folder] = [join(place, 'template'), join(place, 'try')];
  const tally = { detected: 0, unread: 0, named: {} as Record<string, number>, broken: [] as string[] };
  try {
    await target.setUp(template);
    const whole = readFileSync(target.file(template));
    cpSync(template, folder, { recursive: true });
    const truth = await target.read(folder);
    for (let count = 0; count < tries; count++) {
      rmSync(folder, { recursive: true });
      cpSync(template, folder, { recursive: true });
      const bit = Math.floor(random() * whole.length * 8);
      turn(target.file(folder), bit);
      const seen = await look(target, folder, truth);
      const isUnread = target.unread?.ranges.some(([from, to]) => bit >> 3 >= from && bit >> 3 < to) ?? false;
      if (seen.reason !== undefined) {
        tally.detected += 1;
        tally.named[seen.reason] = (tally.named[seen.reason] ?? 0) + 1;
      } else if (isUnread && seen.problem === 'not detected') tally.unread += 1;
      else tally.broken.push(`byte ${bit >> 3}, bit ${bit & 7}: ${seen.problem}`);
    }
    return { tries, ...tally };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function look(
  target: TamperTarget,
  folder: string,
  truth: string,
): Promise<{ reason?: string; problem?: string }> {
  try {
    return { problem: (await target.read(folder)) === truth ? 'not detected' : 'read wrongly' };
  } catch (thrown) {
    const reason = thrown instanceof AppError ? thrown.reason : undefined;
    if (reason !== undefined && target.reasons.includes(reason)) return { reason };
    return { problem: `named as ${reason ?? String(thrown)}` };
  }
}

function turn(file: string, bit: number): void {
  const bytes = readFileSync(file);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  writeFileSync(file, bytes);
}
