import type { HardenedMachine } from './hardened-machine.ts';
import { type MeasureResult, proveMeasure } from './measure-proof.ts';
import { wireguard } from './proofs/wireguard.ts';

/** Without the program that stands in for it, only the kernel's WireGuard is left. */
const KERNEL_ALONE = 'chmod -x /usr/bin/wireguard-go; modprobe wireguard';

/** The measure once more, with the WireGuard that a rented server has: its kernel's, at both ends. */
export async function proveKernelVpn(machine: HardenedMachine, name: string): Promise<MeasureResult> {
  await machine.vm.must(KERNEL_ALONE);
  const { wrong, ...result } = await proveMeasure(machine, wireguard);
  return { ...result, name, wrong: wrong.map((one) => `${name}: ${one}`) };
}
