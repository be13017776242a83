import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';

export const PASSPHRASE = 'correct horse battery staple';

/** A state folder as it is made, which takes ten times as long as to copy it; gone with the process. */
let template: string | undefined;

/**
 * A real, encrypted state in a folder of its own; `remove` closes it and takes the folder away. All of one process have the
 * same keys, but for those that are asked to have their own.
 */
export async function openTestState(
  clock: Clock,
  { ownKeys = false } = {},
): Promise<{ state: OpenState; stateDir: string; remove(): void }> {
  const folder = mkdtempSync(join(tmpdir(), 'kin-ops-'));
  const stateDir = join(folder, 'state');
  if (!ownKeys) cpSync(await madeOnce(clock), stateDir, { recursive: true });
  const state = await openNew(stateDir, clock);
  const remove = () => {
    state[Symbol.dispose]();
    rmSync(folder, { recursive: true, force: true });
  };
  return { state, stateDir, remove };
}

async function madeOnce(clock: Clock): Promise<string> {
  if (template !== undefined) return template;
  const folder = mkdtempSync(join(tmpdir(), 'kin-ops-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const stateDir = join(folder, 'state');
  (await openNew(stateDir, clock))[Symbol.dispose]();
  template = stateDir;
  return stateDir;
}

function openNew(stateDir: string, clock: Clock): Promise<OpenState> {
  return openState({ stateDir, passphrase: PASSPHRASE, create: true, clock, kdf: KDF_FOR_TESTS_ONLY });
}
