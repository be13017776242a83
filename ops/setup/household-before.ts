import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import type { Plan, PlanFacts } from './plan/plan.ts';
import type { Progress, Record } from './progress.ts';

const SETTINGS = z.object({
  matrix: z.object({ userId: z.string() }),
  homeserver: z.object({ adminTokenFile: z.string().optional() }).optional(),
});

/**
 * Notes whose household lies there already, where set-up made no accounts on this machine yet: one that came back with a backup, or was made by
 * hand. Its bot has been logged in, and its own settings name the bot. Called before set-up writes over these.
 */
export function noteHouseholdBefore(
  progress: Progress,
  { stateDir }: Pick<Plan, 'stateDir'>,
  { settings }: Pick<PlanFacts, 'settings'>,
): void {
  const { before, done } = progress.now;
  if (before !== undefined || done.accounts !== undefined || !existsSync(join(stateDir, 'bot.db'))) return;
  const found = householdOf(settings);
  if (found !== undefined) progress.change({ before: found });
}

function householdOf(settings: string): Record['before'] {
  const read = SETTINGS.safeParse(parse(settings)).data;
  return read && { bot: read.matrix.userId, makesAccounts: read.homeserver?.adminTokenFile !== undefined };
}
