import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readKeyFile } from '../../../core/keys/key-file.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { rotateMasterKey } from '../../../core/sqlite/rotate-master-key.ts';
import { openTestState, PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import { expectPapers, keepPapers, tenantFolderIsTidy } from './sample-household.ts';
import type { KillScenario } from './scenario.ts';

/** A new master key: control.db, bot.db and every tenant open before and after, with the passphrase that stayed. */
export const masterKey: KillScenario = {
  name: 'master-key',
  async setUp(folder) {
    await keepPapers(folder);
    using state = await openTestState(folder);
    const db = openEncrypted(join(folder, 'bot.db'), state.botKey);
    db.exec(`CREATE TABLE inbox (event TEXT); INSERT INTO inbox VALUES ('$waiting')`);
    db.close();
  },
  async act(folder) {
    await rotateMasterKey({ stateDir: folder, passphrase: PASSPHRASE, at: Date.now(), confirmed: async () => true });
  },
  async check(folder) {
    using state = await openTestState(folder);
    expectPapers(state);
    tenantFolderIsTidy(folder);
    const db = openEncrypted(join(folder, 'bot.db'), state.botKey, { mustExist: true });
    const inbox = db.prepare('SELECT event FROM inbox').pluck().all();
    db.close();
    if (inbox.join() !== '$waiting') throw new Error(`the inbox holds ${inbox.join()}`);
    const left = readdirSync(folder).filter((file) => file.includes('.next'));
    if (left.length > 0 || !existsSync(join(folder, 'control.db'))) throw new Error(`left behind: ${left.join()}`);
    return readKeyFile(join(folder, 'keys.json')).generation === 2 ? 'new' : 'old';
  },
};
