import { join } from 'node:path';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import { type Ratio, spent, spread } from './figures.ts';
import { openTwin } from './twins.ts';

const ROUNDS = 7;

/** Milliseconds from passphrase to master key, and to opened stores. */
export async function unlocking(stateDir: string): Promise<Record<'key' | 'stores', Ratio>> {
  const [keys, stores]: [number[], number[]] = [[], []];
  for (let i = 0; i < ROUNDS; i++) {
    keys.push((await spent(() => unlockMasterKey(join(stateDir, 'keys.json'), PASSPHRASE))).ms);
    stores.push((await spent(async () => (await openTwin(stateDir, openState)).state[Symbol.dispose]())).ms);
  }
  return { key: spread(keys), stores: spread(stores) };
}
