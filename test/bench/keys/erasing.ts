import { channel } from 'node:diagnostics_channel';
import { closeSync, fsyncSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { BEN, fillForBen, HOUR, openEraseSide } from '../../bot/erase/erase-side.ts';
import { twinFolder } from './twins.ts';

const BLOCK = Buffer.alloc(1 << 20);

/**
 * What `!delete-me` takes once its time has come, in milliseconds: all of it, and each of its steps. The homeserver answers
 * at once. `overwriteMs`: overwriting the file of the other side once and removing it, which is the least that the words in
 * it would take where no key can be destroyed.
 */
export interface EraseFigures {
  readonly documents: number;
  readonly passages: number;
  readonly totalMs: number;
  readonly steps: readonly { readonly step: string; readonly ms: number }[];
  readonly fileMegabytes: number;
  readonly overwriteMs: number;
}

/** Erases the person of the sealed side, and removes the other side's file. The last thing that is measured: nobody has them open. */
export async function erasing(folder: string): Promise<EraseFigures> {
  const side = await openEraseSide(twinFolder(folder, 'sealed'));
  try {
    fillForBen(side);
    const { documents = 0, passages = 0 } = side.departures.preview(
      side.state.control.people.callerFor(BEN)!,
      'person',
    );
    const { id } = side.departures.ask(side.state.control.people.callerFor(BEN)!, 'person');
    side.clock.now += 72 * HOUR;
    const begun = new Map<string, number>();
    const steps: { step: string; ms: number }[] = [];
    const note = (name: unknown) => {
      const [, step = '', place] = /^erase-(\w+)-(begun|noted)$/.exec(String(name)) ?? [];
      if (place === 'begun') begun.set(step, performance.now());
      if (place === 'noted') steps.push({ step, ms: performance.now() - begun.get(step)! });
    };
    channel('kinkeeper:step').subscribe(note);
    const started = performance.now();
    await side.desk.runDue();
    const totalMs = performance.now() - started;
    channel('kinkeeper:step').unsubscribe(note);
    const erasure = side.state.erasing.book.get(id);
    if (erasure?.state !== 'done') throw new Error(`the erasure stands at ${erasure?.state}`);
    return { documents, passages, totalMs, steps, ...overwrite(folder) };
  } finally {
    side.close();
  }
}

function overwrite(folder: string): Pick<EraseFigures, 'fileMegabytes' | 'overwriteMs'> {
  const tenants = join(twinFolder(folder, 'plain'), 'tenants');
  const path = join(tenants, readdirSync(tenants).find((name) => name.endsWith('.db'))!);
  const { size } = statSync(path);
  const started = performance.now();
  const file = openSync(path, 'r+');
  for (let at = 0; at < size; at += BLOCK.length) writeSync(file, BLOCK, 0, Math.min(BLOCK.length, size - at), at);
  fsyncSync(file);
  closeSync(file);
  rmSync(path);
  return { fileMegabytes: size / 1e6, overwriteMs: performance.now() - started };
}
