import type { TenantId } from '../../../core/caller.ts';
import { openTestState } from '../../core/sqlite/temporary-state.ts';
import { openedControl } from '../kill-steps/opened-control.ts';
import { expectPapers, keepPapers } from '../kill-steps/sample-household.ts';
import { changeSealed } from './sealed-bytes.ts';
import type { TamperTarget } from './target.ts';

/** The sealed keys of tenants in control.db, changed by somebody who can write to it, or put in each other's place. */
export const sealedKey: TamperTarget = {
  name: 'sealed key',
  setUp: (folder) => keepPapers(folder),
  async tamper(folder, random) {
    const { db } = await openedControl(folder);
    try {
      const rows = db.prepare('SELECT id, wrapped_key AS bytes FROM tenants ORDER BY id').all() as {
        id: TenantId;
        bytes: Uint8Array;
      }[];
      const at = Math.floor(random() * rows.length);
      const others = rows.filter((_, place) => place !== at).map(({ bytes }) => bytes);
      const { what, bytes } = changeSealed({ bytes: rows[at]!.bytes, others }, random);
      db.prepare('UPDATE tenants SET wrapped_key = ? WHERE id = ?').run(bytes, rows[at]!.id);
      return { what, named: rows[at]!.id };
    } finally {
      db.close();
    }
  },
  async read(folder) {
    using state = await openTestState(folder, { create: false });
    expectPapers(state);
    return 'the papers';
  },
  reasons: ['store-unreadable'],
};
