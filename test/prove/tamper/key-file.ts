import { createHash } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createMasterKey, unlockMasterKey } from '../../../core/keys/master-key.ts';
import { KDF_FOR_TESTS_ONLY } from '../../../core/keys/passphrase-key.ts';
import { PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import type { TamperTarget } from './target.ts';

/** keys.json: opened with the right passphrase. */
export const keyFile: TamperTarget = {
  name: 'keys.json',
  async setUp(folder) {
    mkdirSync(folder);
    await createMasterKey(this.file(folder), PASSPHRASE, { ...KDF_FOR_TESTS_ONLY, at: 1_800_000_000_000 });
  },
  file: (folder) => join(folder, 'keys.json'),
  async read(folder) {
    const masterKey = await unlockMasterKey(this.file(folder), PASSPHRASE);
    return createHash('sha256').update(masterKey).digest('hex');
  },
  reasons: ['keys-damaged'],
};
