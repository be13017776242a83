import { describe, expect, test } from 'vitest';
import type { BackupCopy, Generation } from '../../../core/backup/generation.ts';
import { keptBackups, prunedPlaces } from '../../../core/backup/kept-backups.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-30T09:00Z');

function backup(day: string, ...places: string[]): Generation {
  const madeAt = Date.parse(`${day}T03:15Z`);
  const copies: BackupCopy[] = places.map((place) => ({ place, verifiedAt: madeAt }));
  return { name: day, madeAt, copies, provenAt: madeAt, bytes: 1, sha256: '', plainBytes: 1, entries: 1, proof: {} };
}

const REMOTES = [{ name: 'nas' }, { name: 'safe', addOnly: true }];

function days(all: Generation[], now = NOW, pruned = prunedPlaces('15 4 * * *', REMOTES), keeping: string[] = []) {
  const rule = { last: 1, daily: 7, weekly: 0, monthly: 2 };
  const parts = { rule, pruned, keeping: () => keeping, zone: 'UTC', clock: () => now };
  const kept = keptBackups({ all: () => all }, parts);
  return Object.fromEntries(
    kept().map(({ name, keptUntil }) => [
      name,
      keptUntil === null ? null : new Date(keptUntil).toISOString().slice(0, 10),
    ]),
  );
}

describe('until when a backup is there', () => {
  test('the latest of its places counts, with two days to make, prove and send a newer one', () => {
    const all = [backup('2026-11-30', 'local'), backup('2026-11-28', 'local', 'nas'), backup('2026-11-27', 'local')];
    expect(days(all)).toEqual({
      // Locally the newest of the month is another one; at nas it is the newest, so it may stand for November.
      '2026-11-30': '2027-01-03',
      '2026-11-28': '2027-01-03',
      '2026-11-27': '2026-12-06',
    });
  });

  test('where our key can only add, or a remote told that it keeps what it has, no day is promised', () => {
    const all = [backup('2026-11-30', 'local'), backup('2026-11-28', 'local', 'nas'), backup('2026-11-27', 'local')];
    const added = backup('2026-11-26', 'local', 'safe');
    expect(days([...all, added])).toMatchObject({ '2026-11-28': '2027-01-03', '2026-11-26': null });
    expect(days(all, NOW, prunedPlaces('15 4 * * *', REMOTES), ['nas'])).toMatchObject({
      '2026-11-28': null,
      '2026-11-27': '2026-12-06',
    });
  });

  test('a newer one that turned out to be damaged there has no older one go', () => {
    const [old, newer] = [backup('2026-11-02', 'nas'), backup('2026-11-28', 'nas')];
    expect(days([newer, old])).toMatchObject({ '2026-11-02': '2026-12-02' });
    const damaged = { ...newer, copies: [{ place: 'nas', verifiedAt: 0 }] };
    expect(days([damaged, old])).toMatchObject({ '2026-11-02': '2027-01-03' });
  });

  test('one that should be gone and is there is not said to be gone', () => {
    const late = NOW + 400 * DAY;
    expect(days([backup('2026-11-30', 'local')], late)).toEqual({ '2026-11-30': '2028-01-06' });
  });

  test('where one of the future lies nothing is removed, so no day is promised', () => {
    const all = [backup('2027-11-30', 'nas'), backup('2026-11-28', 'nas'), backup('2026-11-27', 'local')];
    expect(days(all)).toMatchObject({ '2026-11-28': null, '2026-11-27': '2027-01-03' });
    expect(days(all, Date.parse('2027-12-01T09:00Z'))['2026-11-28']).not.toBeNull();
  });

  test('where nobody prunes no day is promised: a remote that left the settings, or the job that sends is off', () => {
    expect(days([backup('2026-11-30', 'local', 'attic')])).toEqual({ '2026-11-30': null });
    expect(days([backup('2026-11-30', 'local')], NOW, prunedPlaces('', [{ name: 'nas' }]))).toEqual({
      '2026-11-30': null,
    });
  });
});
