import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createMasterKey, unlockMasterKey } from '../../../core/keys/master-key.ts';
import { KDF_FOR_TESTS_ONLY } from '../../../core/keys/passphrase-key.ts';
import { PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import type { TamperTarget } from './target.ts';
import { turnBitOf } from './turned-bit.ts';

const file = (folder: string) => join(folder, 'keys.json');

/** keys.json: opened with the right passphrase. */
export const keyFile: TamperTarget = {
  name: 'keys.json',
  async setUp(folder) {
    mkdirSync(folder);
    await createMasterKey(file(folder), PASSPHRASE, { ...KDF_FOR_TESTS_ONLY, at: 1_800_000_000_000 });
  },
  tamper: (folder, random) => turnBitOf(file(folder), random),
  async read(folder) {
    const masterKey = await unlockMasterKey(file(folder), PASSPHRASE);
    return createHash('sha256').update(masterKey).digest('hex');
  },
  reasons: ['keys-damaged'],
};
