import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { openState } from '../../../core/sqlite/open-state.ts';
import { rotateMasterKey } from '../../../core/sqlite/rotate-master-key.ts';
import { PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import { spent } from './figures.ts';
import { openTwin } from './twins.ts';

const MB = 1e6;

/** A change of a tenant's key, and what it did to whoever worked meanwhile: longest stop of the process, reads and writes that went on. */
export interface RotationFigures {
  readonly meanwhile: 'nobody writes' | 'somebody writes all the time';
  readonly megabytes: number;
  readonly copies: number;
  readonly seconds: number;
  readonly megabytesPerSecond: number;
  readonly longestStopMs: number;
  readonly reads: number;
  readonly longestReadMs: number;
  readonly writes: number;
  readonly longestWriteMs: number;
  readonly sentAway: number;
}

export async function rotation(stateDir: string, meanwhile: RotationFigures['meanwhile']): Promise<RotationFigures> {
  const { state, caller } = await openTwin(stateDir, openState);
  using _closing = state;
  const [readMs, writeMs]: [number[], number[]] = [[], []];
  let sentAway = 0;
  const act = async () => {
    readMs.push((await spent(() => state.vault.read(caller, (reader) => reader.documents().length))).ms);
    if (meanwhile === 'nobody writes') return;
    try {
      const value = String(writeMs.length);
      writeMs.push((await spent(() => state.vault.write(caller, (writer) => writer.setSetting('bench', value)))).ms);
    } catch (thrown) {
      if ((thrown as { reason?: string }).reason !== 'store-busy') throw thrown;
      sentAway += 1;
    }
  };
  const delay = monitorEventLoopDelay({ resolution: 5 });
  const timer = setInterval(() => void act(), 50);
  delay.enable();
  const { ms, result } = await spent(() => state.keys.rotate(caller.tenant));
  clearInterval(timer);
  // A stop at the very end shows with the next tick.
  await pause(20);
  delay.disable();
  const { bytes, copies } = result!;
  return {
    ...{ meanwhile, megabytes: bytes / MB, copies, seconds: ms / 1000 },
    megabytesPerSecond: (bytes * copies) / MB / (ms / 1000),
    longestStopMs: delay.max / 1e6,
    ...{ reads: readMs.length, longestReadMs: Math.max(...readMs) },
    ...{ writes: writeMs.length, longestWriteMs: Math.max(0, ...writeMs), sentAway },
  };
}

/** Milliseconds of a new master key: control.db and bot.db are written anew, the tenants' files stay. */
export async function masterRotation(stateDir: string): Promise<number> {
  const confirmed = async () => true;
  return (await spent(() => rotateMasterKey({ stateDir, passphrase: PASSPHRASE, at: Date.now(), confirmed }))).ms;
}
