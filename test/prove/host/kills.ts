import { randomStream } from '../../bot/random.ts';
import type { HardenedMachine } from './hardened-machine.ts';
import { type MeasureProof, type MeasureResult, stateOf } from './measure-proof.ts';

/** At scale 1. */
const KILLS = 8;

/** Kills kinkeeper-harden at random moments of `apply`; half of the times it is applied again, always undone: the state is as before. */
export async function proveKills(
  machine: HardenedMachine,
  proofs: readonly MeasureProof[],
  options: { seed: number; scale: number },
): Promise<MeasureResult> {
  const began = Date.now();
  const random = randomStream(options.seed);
  const wrong: string[] = [];
  const kills = Math.max(1, Math.round(KILLS * options.scale));
  for (let turn = 0; turn < kills; turn++) {
    const proof = proofs[Math.floor(random() * proofs.length)]!;
    const seconds = (random() * 12).toFixed(2);
    await machine.configure({ ...proof.settings, confirm_minutes: '60' });
    if (proof.prepare !== undefined) await machine.vm.must(proof.prepare);
    const before = await stateOf(machine, proof);
    const call = `/usr/lib/kinkeeper-host/kinkeeper-harden /etc/kinkeeper/kinkeeper-host.conf`;
    await machine.vm.root(`timeout -s KILL ${seconds} ${call} apply ${proof.name} >/dev/null 2>&1; true`);
    const what = `turn ${turn}: ${proof.name} killed after ${seconds} s`;
    if (turn % 2 === 0) {
      const again = await machine.harden('apply', proof.name);
      if (again.code !== 0) wrong.push(`${what}: not gone on from: ${again.out}`);
    }
    const undone = await machine.harden('undo', proof.name);
    if (undone.code !== 0) wrong.push(`${what}: not gone back from: ${undone.out}`);
    if ((await stateOf(machine, proof)) !== before) wrong.push(`${what}: another state than before`);
  }
  return { name: 'kills', wrong, facts: 0, breaks: kills, looks: 0, seconds: Math.round((Date.now() - began) / 1000) };
}
