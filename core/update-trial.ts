import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { AppError } from './errors.ts';

const FILE = 'update-trial';

/** How soon a verdict reaches a process. */
const LOOK_MS = 250;

/** An update that is being tried: its id, and the versions it leads from and to. */
export interface UpdateTrial {
  readonly update: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The trial that the host helper has put this state folder under (ops/host/helper/release.sh); undefined in ordinary times. While
 * it lasts, bot and ops look whether they work and serve nobody: nothing may leave this machine that the old version, put
 * back with its data of before, would not know of.
 */
export function readUpdateTrial(stateDir: string): UpdateTrial | undefined {
  let text: string;
  try {
    text = readFileSync(join(stateDir, FILE), 'utf8');
  } catch {
    return undefined;
  }
  const value = (key: string) => new RegExp(`^${key}=(.*)$`, 'm').exec(text)?.[1] ?? '';
  return { update: value('update'), from: value('from'), to: value('to') };
}

/** Returns once the trial is over: confirmed, or the old version is back. Throws the signal's reason when it aborts. */
export async function untilTrialOver(stateDir: string, signal: AbortSignal): Promise<void> {
  while (existsSync(join(stateDir, FILE))) await pause(LOOK_MS, undefined, { signal });
}

/**
 * Throws AppError `unavailable` (reason `update-trial`) while a new version is on trial: what a command at the shell writes then would be
 * gone when the old version comes back with its data of before.
 */
export function refuseOnTrial(stateDir: string): void {
  const trial = readUpdateTrial(stateDir);
  if (trial === undefined) return;
  throw new AppError('unavailable', `the update from ${trial.from} to ${trial.to} is being tried`, {
    reason: 'update-trial',
    hint: 'Wait some minutes until it counts, or the old version is back, and run the same command again. Nothing was changed.',
    facts: { from: trial.from, to: trial.to },
  });
}
