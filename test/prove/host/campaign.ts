import { findImage, SYSTEMS, type SystemName, whyNoMachine } from '../../lab/vm/image.ts';
import { startTimeServer } from '../../lab/vm/time-server.ts';
import type { CampaignCall } from '../command-line.ts';
import { HardenedMachine } from './hardened-machine.ts';
import { proveKills } from './kills.ts';
import { proveLockout } from './lockout.ts';
import { type MeasureResult, proveMeasure } from './measure-proof.ts';
import { proveLuks } from './proofs/luks.ts';
import { PROOFS } from './proofs.ts';
import { proveTogether } from './together.ts';
import { proveUnits } from './units.ts';

/** Parts that are no measure. */
const OTHERS = { luks: proveLuks, lockout: proveLockout, units: proveUnits } as const;

/** Those that a kill may hit: a machine in which nobody can log in could not be looked at. */
const KILLED = PROOFS.filter(({ guarded }) => guarded !== true);

/**
 * All parts, or those whose name begins as asked for, one after the other in one machine; `scale` and `seed` are of the kills.
 * KINKEEPER_VM names another system than Debian 12 (trixie).
 */
export async function hostCampaign({ seed, scale, only = '' }: CampaignCall) {
  const system = process.env.KINKEEPER_VM ?? 'bookworm';
  const why = system in SYSTEMS ? whyNoMachine(system as SystemName) : `there is no system ${system}`;
  if (why !== undefined) {
    console.log(`Left out: ${why}.`);
    return { ok: false, figures: { seed, scale, system, results: [] }, wrong: [why] };
  }
  const clock = await startTimeServer();
  const machine = await HardenedMachine.start(findImage(system as SystemName)!);
  const results: MeasureResult[] = [];
  try {
    for (const proof of PROOFS.filter(({ name }) => name.startsWith(only))) {
      results.push(await proveMeasure(machine, proof));
      console.log(JSON.stringify(results.at(-1)));
    }
    for (const [name, prove] of Object.entries(OTHERS).filter(([name]) => name.startsWith(only))) {
      results.push(await prove(machine, name));
      console.log(JSON.stringify(results.at(-1)));
    }
    if ('together'.startsWith(only)) results.push(await proveTogether(machine, PROOFS));
    if ('kills'.startsWith(only)) results.push(await proveKills(machine, KILLED, { seed, scale }));
  } finally {
    await machine.remove();
    clock?.close();
  }
  const wrong = results.flatMap((result) => result.wrong);
  return { ok: wrong.length === 0 && results.length > 0, figures: { seed, scale, system, results }, wrong };
}
