import { randomStream } from '../bot/random.ts';
import { BEHAVIOURS, type Behaviour } from '../ops/host/release-host.ts';
import { type HelperKillFigures, killHelper } from './update/helper-kills.ts';
import { REAL_CASES } from './update/real-cases.ts';
import { UpdateLab } from './update/update-lab.ts';

/** Kills of the helper with real processes around it, at scale 1. Those with stand-ins are as many as there are calls. */
const REAL_KILLS = 8;

/** More than the helper ever makes: the calls of an update, with stand-ins that work at once, are below three hundred. */
const CALLS = 300;

interface CampaignOptions {
  readonly seed: number;
  /** Below 1 fewer kills, and only the last of the real cases, the good one, with one bad one drawn. */
  readonly scale: number;
  readonly say: (line: string) => void;
}

/** What the updates came to. */
export interface UpdateFigures {
  /** Real updates that ended as they had to, and all there were. */
  readonly real: {
    readonly cases: number;
    readonly right: number;
    readonly kills: number;
    readonly killsRight: number;
  };
  /** By what the new version does, with stand-ins for services. */
  readonly helper: Readonly<Record<string, HelperKillFigures>>;
  /** Everything that was not as it has to be. */
  readonly broken: readonly string[];
}

/**
 * Updates to good and bad versions. Real processes of the product on a real Synapse, released, signed, fetched and unpacked, for one
 * update of each kind and some kills; stand-ins for services, that act at once, for a kill at every call of the real helper. Each
 * time it has to end in the old version with the old data or in the new one, which answers what was asked meanwhile, once.
 */
export async function updateCampaign({ seed, scale, say }: CampaignOptions) {
  const helper = await helperKills({ seed, scale, say });
  const real = await realUpdates({ seed, scale, say });
  const broken = [...Object.values(helper).flatMap((figures) => figures.broken), ...real.broken];
  const figures: UpdateFigures = { real: real.figures, helper, broken };
  return { ok: broken.length === 0, seed, scale, figures };
}

/** The part that needs no homeserver. */
export async function helperKills({ seed, scale, say }: CampaignOptions): Promise<UpdateFigures['helper']> {
  const figures: Record<string, HelperKillFigures> = {};
  for (const [at, behaviour] of (Object.keys(BEHAVIOURS) as Behaviour[]).entries()) {
    const random = randomStream(seed + at);
    figures[behaviour] = await killHelper({ behaviour, random, most: Math.max(1, Math.round(CALLS * scale)) });
    say(`${behaviour}: ${JSON.stringify(figures[behaviour])}`);
  }
  return figures;
}

/** The part with real processes. */
export async function realUpdates({ seed, scale, say }: CampaignOptions) {
  const random = randomStream(seed);
  const bad = REAL_CASES.slice(0, -1);
  const good = REAL_CASES.at(-1)!;
  const cases = scale < 1 ? [bad[Math.floor(random() * bad.length)]!, good] : REAL_CASES;
  const kills = Array.from({ length: Math.round(REAL_KILLS * scale) }, () => ({
    call: 1 + Math.floor(random() * 160),
    isBoot: random() < 0.5,
  }));
  const broken: string[] = [];
  const right = { cases: 0, kills: 0 };
  let number = 0;
  const lab = await UpdateLab.open();
  const tell = (name: string, faults: readonly string[]) => {
    say(`${name}: ${faults.length === 0 ? 'as it has to be' : faults.join('; ')}`);
    broken.push(...faults.map((fault) => `${name}: ${fault}`));
    return faults.length === 0 ? 1 : 0;
  };
  try {
    for (const one of cases) {
      number += 1;
      right.cases += tell(one.name, (await lab.update(`0.2.${number}`, one)).faults);
    }
    for (const kill of kills) {
      number += 1;
      const name = `killed at call ${kill.call}${kill.isBoot ? ' with the machine' : ''}`;
      const { version, faults } = await lab.update(`0.2.${number}`, good, kill);
      right.kills += tell(`${name}, ends in ${version}`, faults);
    }
  } catch (thrown) {
    broken.push(`${(thrown as Error).message}\n${lab.logs()}`);
  } finally {
    await lab.close();
  }
  const figures = { cases: cases.length, right: right.cases, kills: kills.length, killsRight: right.kills };
  return { figures, broken };
}
