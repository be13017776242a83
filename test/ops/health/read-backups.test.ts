import { afterEach, beforeEach, expect, test } from 'vitest';
import { nameAt } from '../../../core/backup/generation.ts';
import { readBackups } from '../../../ops/health/read-backups.ts';
import { openTestState } from '../open-test-state.ts';

const NOW = Date.parse('2026-11-30T04:00Z');
const DAY = 86_400_000;
let home: Awaited<ReturnType<typeof openTestState>>;
beforeEach(async () => {
  home = await openTestState(() => NOW);
});
afterEach(() => home.remove());

const readings = (now: number) => readBackups(home.state.control, true, now);

test('a name in the list of a remote, of this night or not, hides from nobody that there is no backup', () => {
  const { backups } = home.state.control;
  readings(NOW - 3 * DAY);
  const listed = nameAt(NOW - 3_600_000);
  backups.adopt({ name: listed, madeAt: NOW - 3_600_000, bytes: 5, sha256: '' });
  backups.noteCopy(listed, { place: 'nas', verifiedAt: 0 });
  const days = (3 * DAY) / 1000;
  expect(readings(NOW)).toMatchObject({
    backups: 0,
    backupAgeSeconds: days,
    provenAgeSeconds: days,
    backupBytes: null,
  });
});

test('beside such a name the newest backup that we made and read back is what counts', () => {
  const { backups } = home.state.control;
  const made = nameAt(NOW - 2 * DAY);
  backups.add(
    { name: made, madeAt: NOW - 2 * DAY, bytes: 7, sha256: 'a', plainBytes: 1, entries: 1 },
    new Uint8Array(32),
  );
  backups.noteCopy(made, { place: 'local', verifiedAt: NOW - 2 * DAY });
  const listed = nameAt(NOW - 3_600_000);
  backups.adopt({ name: listed, madeAt: NOW - 3_600_000, bytes: 5, sha256: '' });
  backups.noteCopy(listed, { place: 'nas', verifiedAt: 0 });
  expect(readings(NOW)).toMatchObject({ backups: 1, backupAgeSeconds: (2 * DAY) / 1000, backupBytes: 7 });
});
