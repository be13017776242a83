import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AppError } from '../../core/errors.ts';
import { seeded } from '../core/sqlite/sample-documents.ts';
import { TARGETS } from './tamper/index.ts';
import type { Tampering, TamperTarget } from './tamper/target.ts';

/** Changes to each target at scale 1. */
const TRIES = 1000;

/** What came of the changes to one target. */
export interface TamperFigures {
  readonly tries: number;
  readonly detected: number;
  /** By the reason that named the damage. */
  readonly named: Readonly<Record<string, number>>;
  /** In places that hold nothing which is read; the content was the truth. */
  readonly unread: number;
  /** Not detected, not named (what is damaged, and what to do), or read wrongly. */
  readonly broken: readonly string[];
}

interface CampaignOptions {
  readonly seed: number;
  readonly scale: number;
  /** Only targets whose name begins so. */
  readonly only?: string | undefined;
  readonly say: (line: string) => void;
}

/** Changes one thing in each target, again and again, and expects the product to say so and to hand out nothing wrong. */
export async function tamperCampaign({ seed, scale, only = '', say }: CampaignOptions) {
  const figures: Record<string, TamperFigures> = {};
  for (const [place, target] of TARGETS.entries()) {
    if (!target.name.startsWith(only)) continue;
    // Each its own stream: what one draws does not depend on the others.
    const random = seeded(seed + place);
    figures[target.name] = await tamperWith(target, Math.max(1, Math.round(TRIES * scale)), random);
    say(`${target.name}: ${JSON.stringify(figures[target.name])}`);
  }
  const ok = Object.values(figures).every(({ broken }) => broken.length === 0);
  return { ok, seed, scale, figures };
}

async function tamperWith(target: TamperTarget, tries: number, random: () => number): Promise<TamperFigures> {
  const place = mkdtempSync(join(tmpdir(), 'kin-tamper-'));
  const [template, folder] = [join(place, 'template'), join(place, 'try')];
  const tally = { detected: 0, unread: 0, named: {} as Record<string, number>, broken: [] as string[] };
  try {
    await target.setUp(template);
    cpSync(template, folder, { recursive: true });
    const truth = await target.read(folder);
    for (let count = 0; count < tries; count++) {
      rmSync(folder, { recursive: true });
      cpSync(template, folder, { recursive: true });
      const tampering = await target.tamper(folder, random);
      const seen = await look(target, { folder, truth, tampering });
      if (seen.reason !== undefined) {
        tally.detected += 1;
        tally.named[seen.reason] = (tally.named[seen.reason] ?? 0) + 1;
      } else if (tampering.isUnread && seen.problem === 'not detected') tally.unread += 1;
      else tally.broken.push(`${tampering.what}: ${seen.problem}`);
    }
    return { tries, ...tally };
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

async function look(
  target: TamperTarget,
  { folder, truth, tampering }: { folder: string; truth: string; tampering: Tampering },
): Promise<{ reason?: string; problem?: string }> {
  try {
    return { problem: (await target.read(folder)) === truth ? 'not detected' : 'read wrongly' };
  } catch (thrown) {
    if (!(thrown instanceof AppError)) return { problem: `named as ${String(thrown)}` };
    const { reason, message, hint, facts } = thrown;
    if (reason === undefined || !target.reasons.includes(reason)) return { problem: `named as ${reason ?? message}` };
    if (hint === undefined) return { problem: `${reason} says nothing of what to do` };
    if (!`${message} ${JSON.stringify(facts)}`.includes(tampering.named))
      return { problem: `${reason} does not name ${tampering.named}: ${message}` };
    return { reason };
  }
}
