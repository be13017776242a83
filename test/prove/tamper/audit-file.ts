import { rotateMasterKey } from '../../../core/sqlite/rotate-master-key.ts';
import { PASSPHRASE } from '../../core/sqlite/temporary-state.ts';
import { keepTrail, readTrail, trailFile } from './audit-trail.ts';
import type { TamperTarget } from './target.ts';
import { turnBitOf } from './turned-bit.ts';

/** The salt of a file, never read: ours opens with a raw key. */
const SALT_BYTES = 16;

/** The file with the audit trail as it lies on the disk: the trail is read, then every page by a change of the master key. */
export const auditFile: TamperTarget = {
  name: 'audit file',
  setUp: keepTrail,
  tamper(folder, random) {
    const { byte, ...turned } = turnBitOf(trailFile(folder), random);
    return { ...turned, isUnread: byte < SALT_BYTES };
  },
  async read(folder) {
    const trail = await readTrail(folder);
    await rotateMasterKey({ stateDir: folder, passphrase: PASSPHRASE, at: Date.now(), confirmed: async () => true });
    return trail;
  },
  reasons: ['store-unreadable'],
};
