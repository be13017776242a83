import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from './isolation/random.ts';
import { type KillFigures, killStepsCampaign } from './kill-steps-campaign.ts';
import { restoreTrial } from './restore/trial.ts';

/** At scale 1: households, and damages to their archives together. Kills are those of kill-steps-campaign.ts. */
const HOUSEHOLDS = 50;
const DAMAGES = 1000;

/** What the campaign counted. `wrong` and what lies `between` in `kills` have to be empty. */
export interface RestoreFigures {
  readonly households: number;
  readonly tablesHashed: number;
  readonly turns: number;
  readonly archiveBytes: number;
  readonly damages: number;
  readonly detected: number;
  readonly unread: number;
  readonly kills: Readonly<Record<string, KillFigures>>;
  readonly wrong: readonly string[];
}

interface CampaignOptions {
  readonly seed: number;
  readonly scale: number;
  /** `households` or `kills`: only these. */
  readonly only?: string | undefined;
  readonly say: (line: string) => void;
}

/** Restores random households that were written to while they were backed up, damages their archives, and kills backup, drill and restore. */
export async function restoreCampaign(
  options: CampaignOptions,
): Promise<{ ok: boolean; seed: number; figures: RestoreFigures }> {
  const { seed, scale, only = '', say } = options;
  const households = only === 'kills' ? 0 : Math.max(1, Math.round(HOUSEHOLDS * scale));
  const total = {
    tablesHashed: 0,
    turns: 0,
    archiveBytes: 0,
    damages: 0,
    detected: 0,
    unread: 0,
    wrong: [] as string[],
  };
  for (let household = 0; household < households; household++) {
    const place = mkdtempSync(join(tmpdir(), 'kin-restore-'));
    try {
      mkdirSync(join(place, 'home'));
      const damages = Math.max(4, Math.round((DAMAGES * scale) / households));
      // Each its own stream, so that one can be run again by its seed alone.
      const found = await restoreTrial(join(place, 'home'), seededRandom(seed + household), damages);
      for (const key of ['tablesHashed', 'turns', 'archiveBytes', 'damages', 'detected', 'unread'] as const)
        total[key] += found[key];
      total.wrong.push(...found.wrong.map((line) => `seed ${seed + household}: ${line}`));
      say(`household ${household + 1}: ${JSON.stringify(found)}`);
    } finally {
      rmSync(place, { recursive: true, force: true });
    }
  }
  const kills = only === 'households' ? {} : (await killStepsCampaign({ seed, scale, only: 'backup-', say })).figures;
  const ok = total.wrong.length === 0 && Object.values(kills).every(({ between }) => between === 0);
  return { ok, seed, figures: { households, ...total, kills } };
}
