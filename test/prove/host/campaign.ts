import { findImage, SYSTEMS, type SystemName, whyNoMachine } from '../../lab/vm/image.ts';
import { startTimeServer } from '../../lab/vm/time-server.ts';
import type { CampaignCall } from '../command-line.ts';
import { proveChecklist } from './checklist/prove-checklist.ts';
import { proveDockerLines } from './checklist/prove-docker-lines.ts';
import { proveReachLines } from './checklist/prove-reach-lines.ts';
import { proveVpnLine } from './checklist/prove-vpn-line.ts';
import { proveWholeLines } from './checklist/prove-whole-lines.ts';
import { HardenedMachine, type KernelKind } from './hardened-machine.ts';
import { proveKernelVpn } from './kernel-vpn.ts';
import { proveKills } from './kills.ts';
import { proveLockout } from './lockout.ts';
import { type MeasureResult, proveMeasure } from './measure-proof.ts';
import { proveKeyServer } from './proofs/key-server.ts';
import { proveLuks } from './proofs/luks.ts';
import { PROOFS } from './proofs.ts';
import { proveTogether } from './together.ts';
import { proveUnits } from './units.ts';

/** One part of the campaign: on which kind of machine, and what it does there. */
interface Part {
  readonly name: string;
  readonly kernel: KernelKind;
  /** It has to find a server as it was rented, and nothing of the parts before. */
  readonly isAlone?: true;
  readonly prove: (machine: HardenedMachine, call: CampaignCall) => Promise<MeasureResult>;
}

/** Those that a kill may hit: a machine in which nobody can log in could not be looked at. */
const KILLED = PROOFS.filter(({ guarded, kernel }) => guarded !== true && kernel === undefined);

/** Measures that one kind of machine can hold beside each other; SSH and modes touch what both of them touch. */
const withKernel = (kernel: KernelKind) =>
  PROOFS.filter((proof) => (proof.kernel ?? 'ours') === kernel || ['ssh', 'modes'].includes(proof.name));

/** Takes long without hardware that helps: it runs only when it is asked for. */
const ALL = 'all';

const PARTS: readonly Part[] = [
  ...PROOFS.map(
    (proof): Part => ({
      name: proof.name,
      kernel: proof.kernel ?? 'ours',
      prove: (machine: HardenedMachine) => proveMeasure(machine, proof),
    }),
  ),
  { name: 'lockout', kernel: 'ours', prove: (machine) => proveLockout(machine, 'lockout') },
  { name: 'units', kernel: 'ours', prove: (machine) => proveUnits(machine, 'units') },
  { name: 'kills', kernel: 'ours', prove: (machine, { seed, scale }) => proveKills(machine, KILLED, { seed, scale }) },
  { name: 'checklist', kernel: 'ours', isAlone: true, prove: (machine) => proveChecklist(machine, 'checklist') },
  {
    name: 'checklist-docker',
    kernel: 'ours',
    isAlone: true,
    prove: (machine) => proveDockerLines(machine, 'checklist-docker'),
  },
  {
    name: 'checklist-whole',
    kernel: 'own',
    isAlone: true,
    prove: (machine) => proveWholeLines(machine, 'checklist-whole'),
  },
  { name: 'checklist-reach', kernel: 'ours', prove: () => proveReachLines('checklist-reach') },
  { name: 'luks', kernel: 'own', prove: (machine) => proveLuks(machine, 'luks') },
  { name: 'key-server', kernel: 'own', prove: (machine) => proveKeyServer(machine, 'key-server') },
  { name: 'together', kernel: 'ours', prove: (machine) => proveTogether(machine, 'together', withKernel('ours')) },
  { name: 'beside', kernel: 'own', prove: (machine) => proveTogether(machine, 'beside', withKernel('own')) },
  { name: 'vpn-kernel', kernel: 'full', prove: (machine) => proveKernelVpn(machine, 'vpn-kernel') },
  { name: 'vpn-line', kernel: 'full', prove: (machine) => proveVpnLine(machine, 'vpn-line') },
  { name: ALL, kernel: 'full', prove: (machine) => proveTogether(machine, 'all', PROOFS) },
];

/**
 * All parts, or those whose name begins as asked for (several with commas). Those for which the same kind of kernel does run one after the other, in
 * one machine unless they need one for themselves; the kinds at the same time. `scale` and `seed` are of the kills. KINKEEPER_VM names another
 * system than Debian 12 (trixie).
 */
export async function hostCampaign(call: CampaignCall) {
  const { seed, scale, only = '' } = call;
  const system = process.env.KINKEEPER_VM ?? 'bookworm';
  const why = system in SYSTEMS ? whyNoMachine(system as SystemName) : `there is no system ${system}`;
  const asked = only.split(',');
  const parts = PARTS.filter(({ name }) =>
    only === '' ? name !== ALL : asked.some((begins) => name.startsWith(begins)),
  );
  if (only === '')
    console.log(
      'Left out: all measures beside each other in qemu, which takes long without hardware that helps (--only all).',
    );
  const clock = await startTimeServer();
  const proveOn = (kernel: KernelKind) =>
    provePartsOn(
      system as SystemName,
      parts.filter((part) => part.kernel === kernel),
      call,
    );
  const results = why === undefined ? (await Promise.all((['ours', 'own', 'full'] as const).map(proveOn))).flat() : [];
  clock?.close();
  if (why !== undefined) console.log(`Left out: ${why}.`);
  const wrong = [...(why === undefined ? [] : [why]), ...results.flatMap((result) => result.wrong)];
  return { ok: wrong.length === 0 && results.length > 0, figures: { seed, scale, system, results }, wrong };
}

async function provePartsOn(system: SystemName, parts: readonly Part[], call: CampaignCall): Promise<MeasureResult[]> {
  const alone = parts.filter(({ isAlone }) => isAlone === true);
  const beside = parts.filter((part) => !alone.includes(part));
  const results: MeasureResult[] = [];
  for (const some of [...alone.map((part) => [part]), beside]) results.push(...(await proveInOne(system, some, call)));
  return results;
}

async function proveInOne(system: SystemName, parts: readonly Part[], call: CampaignCall): Promise<MeasureResult[]> {
  const results: MeasureResult[] = [];
  if (parts.length === 0) return results;
  const machine = await HardenedMachine.start(findImage(system)!, parts[0]!.kernel);
  try {
    for (const part of parts) {
      results.push(await proveSafely(machine, part, call));
      console.log(JSON.stringify(results.at(-1)));
    }
  } finally {
    await machine.remove();
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
