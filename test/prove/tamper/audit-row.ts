import { openedControl } from '../kill-steps/opened-control.ts';
import { keepTrail, readTrail } from './audit-trail.ts';
import type { TamperTarget } from './target.ts';
import { turnBit } from './turned-bit.ts';

const COLUMNS = ['id', 'at', 'actor', 'action', 'target', 'outcome', 'hash'] as const;

/** A row of the audit trail, changed by somebody who can write to control.db: one bit of any of its columns. */
export const auditRow: TamperTarget = {
  name: 'audit row',
  setUp: keepTrail,
  async tamper(folder, random) {
    const { db } = await openedControl(folder);
    try {
      db.exec('DROP TRIGGER audit_no_update');
      const ids = db.prepare('SELECT id FROM audit ORDER BY id').pluck().all() as number[];
      const id = ids[Math.floor(random() * ids.length)]!;
      const column = COLUMNS[Math.floor(random() * COLUMNS.length)]!;
      const value = db.prepare(`SELECT ${column} FROM audit WHERE id = ?`).pluck().get(id) as Value;
      const { bit, changed } = changedValue(value, random);
      // The bytes of a text may be none of any text, as they may be on a disk.
      const given = typeof value === 'string' ? 'CAST(? AS TEXT)' : '?';
      db.prepare(`UPDATE audit SET ${column} = ${given} WHERE id = ?`).run(changed, id);
      return { what: `row ${id}, ${column}, bit ${bit}`, named: `row ${id}` };
    } finally {
      db.close();
    }
  },
  read: readTrail,
  reasons: ['audit-broken'],
};

type Value = number | string | Uint8Array;

function changedValue(value: Value, random: () => number): { bit: number; changed: bigint | Uint8Array } {
  if (typeof value === 'number') {
    // Above the numbers of the other rows, whose place none can take; within those that the product can read.
    const bit = 6 + Math.floor(random() * 46);
    return { bit, changed: BigInt(value) ^ (1n << BigInt(bit)) };
  }
  const bytes = Buffer.from(value as string);
  return { bit: turnBit(bytes, random), changed: bytes };
}
