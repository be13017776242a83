import { findImage, SYSTEMS, type SystemName, whyNoMachine } from '../../lab/vm/image.ts';
import { startTimeServer } from '../../lab/vm/time-server.ts';
import type { CampaignCall } from '../command-line.ts';
import { proveChecklist } from './checklist/prove-checklist.ts';
import { proveDockerLines } from './checklist/prove-docker-lines.ts';
import { proveReachLines } from './checklist/prove-reach-lines.ts';
import { proveWholeLines } from './checklist/prove-whole-lines.ts';
import { HardenedMachine } from './hardened-machine.ts';
import { proveKills } from './kills.ts';
import { proveLockout } from './lockout.ts';
import { type MeasureResult, proveMeasure } from './measure-proof.ts';
import { proveLuks } from './proofs/luks.ts';
import { PROOFS } from './proofs.ts';
import { proveTogether } from './together.ts';
import { proveUnits } from './units.ts';

/** One part of the campaign: on which kind of machine, and what it does there. */
interface Part {
  readonly name: string;
  readonly isWhole: boolean;
  readonly prove: (machine: HardenedMachine, call: CampaignCall) => Promise<MeasureResult>;
}

/** Those that a kill may hit: a machine in which nobody can log in could not be looked at. */
const KILLED = PROOFS.filter(({ guarded, ofKernel }) => guarded !== true && ofKernel !== true);

const PARTS: readonly Part[] = [
  ...PROOFS.map((proof) => ({
    name: proof.name,
    isWhole: proof.ofKernel === true,
    prove: (machine: HardenedMachine) => proveMeasure(machine, proof),
  })),
  { name: 'lockout', isWhole: false, prove: (machine) => proveLockout(machine, 'lockout') },
  { name: 'units', isWhole: false, prove: (machine) => proveUnits(machine, 'units') },
  { name: 'kills', isWhole: false, prove: (machine, { seed, scale }) => proveKills(machine, KILLED, { seed, scale }) },
  { name: 'checklist', isWhole: false, prove: (machine) => proveChecklist(machine, 'checklist') },
  { name: 'checklist-docker', isWhole: false, prove: (machine) => proveDockerLines(machine, 'checklist-docker') },
  { name: 'checklist-whole', isWhole: true, prove: (machine) => proveWholeLines(machine, 'checklist-whole') },
  { name: 'checklist-reach', isWhole: false, prove: () => proveReachLines('checklist-reach') },
  { name: 'luks', isWhole: true, prove: (machine) => proveLuks(machine, 'luks') },
  { name: 'together', isWhole: true, prove: (machine) => proveTogether(machine, PROOFS) },
];

/**
 * All parts, or those whose name begins as asked for: first those for which namespaces of this kernel do, one after the other in one machine, then
 * those that need a kernel of their own. `scale` and `seed` are of the kills. KINKEEPER_VM names another system than Debian 12 (trixie).
 */
export async function hostCampaign(call: CampaignCall) {
  const { seed, scale, only = '' } = call;
  const system = process.env.KINKEEPER_VM ?? 'bookworm';
  const why = system in SYSTEMS ? whyNoMachine(system as SystemName) : `there is no system ${system}`;
  const results: MeasureResult[] = [];
  for (const isWhole of why === undefined ? [false, true] : []) {
    const parts = PARTS.filter((part) => part.isWhole === isWhole && part.name.startsWith(only));
    if (parts.length > 0) results.push(...(await provePartsOn(system as SystemName, parts, call)));
  }
  if (why !== undefined) console.log(`Left out: ${why}.`);
  const wrong = [...(why === undefined ? [] : [why]), ...results.flatMap((result) => result.wrong)];
  return { ok: wrong.length === 0 && results.length > 0, figures: { seed, scale, system, results }, wrong };
}

async function provePartsOn(system: SystemName, parts: readonly Part[], call: CampaignCall): Promise<MeasureResult[]> {
  const clock = await startTimeServer();
  const machine = await HardenedMachine.start(findImage(system)!, parts[0]!.isWhole);
  const results: MeasureResult[] = [];
  try {
    for (const part of parts) {
      results.push(await proveSafely(machine, part, call));
      console.log(JSON.stringify(results.at(-1)));
    }
  } finally {
    await machine.remove();
    clock?.close();
  }
  return results;
}

/** A part that cannot go on is wrong; the others go on. */
async function proveSafely(machine: HardenedMachine, part: Part, call: CampaignCall): Promise<MeasureResult> {
  try {
    return await part.prove(machine, call);
  } catch (error) {
    const wrong = [`${part.name}: ${(error as Error).message}`];
    return { name: part.name, wrong, facts: 0, breaks: 0, looks: 0, seconds: 0 };
  }
}
