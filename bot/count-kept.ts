import type { OpenState } from '../core/control.ts';

/** How many documents and passages all people and family rooms together have: counts, nothing else. For `!status` and the heartbeat. */
export function countKept({ vault, control }: Pick<OpenState, 'vault' | 'control'>): {
  documents: number;
  passages: number;
} {
  const total = { documents: 0, passages: 0 };
  for (const { tenant, kind } of control.people.tenants()) {
    // What is lent was counted with its owner's.
    if (kind === 'shelf') continue;
    vault.read(control.people.systemCaller(tenant), (reader) => {
      total.documents += reader.documents().length;
      total.passages += reader.passageCount();
    });
  }
  return total;
}
