import type { HardenedMachine } from '../hardened-machine.ts';
import type { MeasureResult } from '../measure-proof.ts';
import { JudgedHost } from './judged-host.ts';
import { VPN } from './lanes/whole.ts';
import { fails, resultOf } from './prove-checklist.ts';
import { alarms, looked, runLanes } from './run-lanes.ts';
import { emptyTally } from './scenario.ts';

const LINES = ['vpn'] as const;

/** The line about the VPN, on a machine whose kernel has WireGuard: only there can it be read whether it is there and up. */
export async function proveVpnLine(machine: HardenedMachine, name: string): Promise<MeasureResult> {
  const began = Date.now();
  const tally = emptyTally();
  const host = await JudgedHost.of(machine);
  try {
    await machine.configure({ vpn_endpoint: '10.97.0.1', vpn_peers: 'phone' });
    fails(LINES, await looked(host, tally), { tally, when: 'on a bare server' });
    const applied = await machine.harden('apply', 'wireguard');
    if (applied.code !== 0) tally.wrong.push(`apply: ${applied.out}`);
    alarms(LINES, await looked(host, tally), { tally, when: 'once hardened' });
    await runLanes(host, [VPN], { sound: LINES, tally });
    const undone = await machine.harden('undo', 'wireguard');
    if (undone.code !== 0) tally.wrong.push(`undo: ${undone.out}`);
    fails(LINES, await looked(host, tally), { tally, when: 'once undone' });
  } finally {
    host.remove();
  }
  return resultOf(name, tally, began);
}
