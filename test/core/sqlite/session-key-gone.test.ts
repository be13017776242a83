import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { openTestState, temporaryFolder } from './temporary-state.ts';

// Somebody with every key of the household and its files must not open a backup by its own key once that is destroyed: not even by what
// the log of control.db has from before.

const NAME = 'kin-20261130T031500Z-1a2b3c';
let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let looks = 0;
beforeEach(async () => {
  place = temporaryFolder();
  state = await openTestState(place.stateDir);
  const { backups } = state.control;
  backups.add({ name: NAME, madeAt: 1, bytes: 1, sha256: 'a', plainBytes: 1, entries: 1 }, new Uint8Array(32).fill(7));
  backups.noteCopy(NAME, { place: 'local', verifiedAt: 1 });
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

const HEAD_BYTES = 32;
const FRAME_HEAD_BYTES = 24;

/** How often the key is found in control.db as it was at every moment that its log still tells of. */
function timesFound(): number {
  const folder = join(place.folder, `look${looks++}`);
  mkdirSync(folder);
  // By another process: closing such a file here would end SQLite's locks.
  for (const file of ['control.db', 'control.db-wal'])
    if (existsSync(join(place.stateDir, file))) execFileSync('cp', [join(place.stateDir, file), folder]);
  const log = existsSync(join(folder, 'control.db-wal'))
    ? readFileSync(join(folder, 'control.db-wal'))
    : Buffer.alloc(0);
  const frameBytes = log.length === 0 ? 1 : FRAME_HEAD_BYTES + log.readUInt32BE(8);
  const frames = Math.floor(Math.max(0, log.length - HEAD_BYTES) / frameBytes);
  let found = 0;
  for (let frame = 0; frame <= frames; frame++) {
    const at = join(folder, String(frame));
    mkdirSync(at);
    execFileSync('cp', [join(folder, 'control.db'), at]);
    writeFileSync(join(at, 'control.db-wal'), log.subarray(0, HEAD_BYTES + frame * frameBytes));
    if (keyIn(at)) found++;
  }
  return found;
}

function keyIn(folder: string): boolean {
  const db = openEncrypted(join(folder, 'control.db'), state.freezeKeys().control);
  try {
    return db.prepare('SELECT session_key FROM backups WHERE name = ?').pluck().get(NAME) instanceof Buffer;
  } finally {
    db.close();
  }
}

test('the key of a backup that was proven is in no earlier state of the log either', () => {
  expect(timesFound()).toBeGreaterThan(0);
  state.control.backups.markProven(NAME, 2, {});
  expect(timesFound()).toBe(0);
});

test('the key of a backup whose last copy is gone is in no earlier state of the log either', () => {
  state.control.backups.dropCopy(NAME, 'local');
  expect(timesFound()).toBe(0);
});
