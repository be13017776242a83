import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { seeded } from '../../core/sqlite/sample-documents.ts';
import { NOW, openTestState } from '../../core/sqlite/temporary-state.ts';

const ROWS = 40;

/** A state folder with an audit trail whose beginning was removed behind a checkpoint. */
export async function keepTrail(folder: string): Promise<void> {
  mkdirSync(folder);
  using state = await openTestState(folder);
  const { audit } = state.control;
  const random = seeded(1);
  for (let row = 1; row <= ROWS; row++) {
    if (row === ROWS / 2) audit.removeBefore(NOW + 5, NOW + row);
    const target = `${Math.floor(random() * 1e9)}/${row}`;
    audit.append({ at: NOW + row, actor: `@p${row % 5}:home.test`, action: 'people.add', target, outcome: 'done' });
  }
}

/** The whole trail once it was verified, as an export of the trail writes it. */
export async function readTrail(folder: string): Promise<string> {
  using state = await openTestState(folder, { create: false });
  const { audit } = state.control;
  const rows = audit.verify();
  return JSON.stringify([rows, audit.rowsAfter(0, 1000)]);
}

/** Path of the file that holds the trail. */
export function trailFile(folder: string): string {
  return join(folder, 'control.db');
}
