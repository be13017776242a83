import type { OpenState } from '../core/control.ts';
import { readSound } from '../core/read-sound.ts';

/** How many documents and passages all people and family rooms together have: counts, nothing else; of a damaged store none. For `!status` and the heartbeat. */
export function countKept({ vault, control }: Pick<OpenState, 'vault' | 'control'>): {
  documents: number;
  passages: number;
} {
  const total = { documents: 0, passages: 0 };
  for (const { tenant, kind } of control.people.tenants()) {
    // What is lent was counted with its owner's.
    if (kind === 'shelf') continue;
    readSound({ vault, people: control.people }, tenant, (reader) => {
      total.documents += reader.documents().length;
      total.passages += reader.passageCount();
    });
  }
  return total;
}
