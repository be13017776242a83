import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { changePassphrase } from '../../../core/keys/master-key.ts';
import { openTestState, PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import { expectPapers, keepPapers } from './sample-household.ts';
import type { KillScenario } from './scenario.ts';

const NEXT = 'another battery staple';

/** A new passphrase: one of the two opens everything, never none. */
export const passphrase: KillScenario = {
  name: 'passphrase',
  setUp: (folder) => keepPapers(folder),
  async act(folder) {
    await changePassphrase(join(folder, 'keys.json'), PASSPHRASE, { passphrase: NEXT, at: Date.now() });
  },
  async check(folder) {
    const opened = await Promise.all([PASSPHRASE, NEXT].map((one) => opens(folder, one)));
    if (opened[0] === opened[1]) throw new Error(`the old passphrase opens: ${opened[0]}, the new one: ${opened[1]}`);
    const names = readdirSync(folder).filter((file) => file.endsWith('.json'));
    if (names.join() !== 'keys.json') throw new Error(`the folder holds ${names.join()}`);
    return opened[1] ? 'new' : 'old';
  },
};

async function opens(folder: string, given: string): Promise<boolean> {
  try {
    using state = await openTestState(folder, { passphrase: given });
    expectPapers(state);
    return true;
  } catch (thrown) {
    if ((thrown as { reason?: string }).reason === 'wrong-passphrase') return false;
    throw thrown;
  }
}
