import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';

export const PASSPHRASE = 'correct horse battery staple';

/** A real, encrypted state in a folder of its own; `remove` closes it and takes the folder away. */
export async function openTestState(clock: Clock): Promise<{ state: OpenState; stateDir: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'kin-ops-'));
  const stateDir = join(folder, 'state');
  const state = await openState({ stateDir, passphrase: PASSPHRASE, create: true, clock, kdf: KDF_FOR_TESTS_ONLY });
  const remove = () => {
    state[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  };
  return { state, stateDir, remove };
}
