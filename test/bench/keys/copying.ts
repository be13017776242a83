import { channel } from 'node:diagnostics_channel';
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { copyUnderKey, type KeyedFile } from '../../../core/sqlite/copy-under-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { TenantKeyStore } from '../../../core/sqlite/tenant-key-store.ts';
import { BEN } from '../../bot/erase/erase-side.ts';
import { PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import { type Compared, median, onBoth, Rounds, type Side } from './figures.ts';
import { unencrypted } from './plain-graph.ts';
import { twinFolder } from './twins.ts';

const ROUNDS = 3;
const PHASES = ['copied', 'rekeyed', 'checked'] as const;

/** What writing a tenant's file anew takes: seconds are per copy. `phases`: milliseconds up to each, of the sealed side. */
export interface CopyFigures {
  readonly megabytes: number;
  readonly copy: Compared;
  readonly phases: Readonly<Record<(typeof PHASES)[number], number>>;
}

/**
 * The heart of a new key, without anybody beside it: the file read through, written anew, put under its key, read through
 * again, brought to the disk. The other side does the same steps to its own file, without keys. Nobody may have them open.
 */
export async function copying(folder: string): Promise<CopyFigures> {
  const plain = await unencrypted<typeof import('../../../core/sqlite/copy-under-key.ts')>(
    '../../../core/sqlite/copy-under-key.ts',
  );
  const from = { sealed: await sealedFile(folder), plain: { path: fileIn(folder, 'plain'), key: new Uint8Array(32) } };
  const copy = { sealed: copyUnderKey, plain: plain.copyUnderKey };
  const rounds = new Rounds();
  const phases: Record<(typeof PHASES)[number], number[]> = { copied: [], rekeyed: [], checked: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const took = await onBoth(round, (side) => {
      const to = { path: `${from[side].path}.copy`, key: new Uint8Array(32).fill(9) };
      const reached = phasesOf(() => copy[side](from[side], to));
      if (side === 'sealed') for (const phase of PHASES) phases[phase].push(reached.get(phase) ?? 0);
      rmSync(to.path);
    });
    rounds.add(round, took);
  }
  const middle = Object.fromEntries(PHASES.map((phase) => [phase, Math.round(median(phases[phase]))]));
  return {
    megabytes: statSync(from.sealed.path).size / 1e6,
    copy: rounds.compared(),
    phases: middle as CopyFigures['phases'],
  };
}

/** Milliseconds from each named place to the next, by the name of the later one. */
function phasesOf(work: () => void): Map<string, number> {
  const reached = new Map<string, number>();
  let last = performance.now();
  const note = (name: unknown) => {
    reached.set(String(name), performance.now() - last);
    last = performance.now();
  };
  const steps = channel('kinkeeper:step');
  steps.subscribe(note);
  work();
  steps.unsubscribe(note);
  return reached;
}

async function sealedFile(folder: string): Promise<KeyedFile> {
  const stateDir = twinFolder(folder, 'sealed');
  const masterKey = await unlockMasterKey(join(stateDir, 'keys.json'), PASSPHRASE);
  const control = openEncrypted(join(stateDir, 'control.db'), deriveKey(masterKey, 'control.db'), { mustExist: true });
  try {
    const tenant = control.prepare('SELECT tenant FROM people WHERE id = ?').pluck().get(BEN) as never;
    return {
      path: fileIn(folder, 'sealed'),
      key: new TenantKeyStore(control, deriveKey(masterKey, 'tenant-keys'), Date.now).key(tenant),
    };
  } finally {
    control.close();
  }
}

/** The one tenant's file there is. */
function fileIn(folder: string, side: Side): string {
  const tenants = join(twinFolder(folder, side), 'tenants');
  return join(tenants, readdirSync(tenants).find((name) => name.endsWith('.db'))!);
}
