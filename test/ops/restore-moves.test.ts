import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { refuseRestoring } from '../../core/backup/restoring.ts';
import type { AppError } from '../../core/errors.ts';
import { carryOut, movesOf } from '../../ops/restore/moves.ts';

const MEMORY = '/dev/shm';
const hasOtherDisk = existsSync(MEMORY) && statSync(MEMORY).dev !== statSync(tmpdir()).dev;

let folder: string;
let elsewhere: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-moves-'));
  elsewhere = mkdtempSync(join(hasOtherDisk ? MEMORY : tmpdir(), 'kin-moves-'));
});
afterEach(() => {
  for (const path of [folder, elsewhere]) rmSync(path, { recursive: true, force: true });
});

const thrownBy = (run: () => void): string | undefined => {
  try {
    run();
  } catch (thrown) {
    return (thrown as AppError).reason;
  }
};

function stage(): { staged: string; target: string } {
  const staged = join(folder, 'state.restoring', 'state');
  mkdirSync(join(staged, 'tenants'), { recursive: true });
  for (const name of ['control.db', 'keys.json', 'tenants/one.db'])
    writeFileSync(join(staged, name), `restored ${name}`);
  return { staged, target: join(elsewhere, 'state') };
}

test('a household that a bot made meanwhile is not written over, and nothing is moved before that is said', () => {
  const { staged, target } = stage();
  mkdirSync(target);
  writeFileSync(join(target, 'keys.json'), 'of a fresh household');
  expect(thrownBy(() => carryOut(movesOf(staged, target, 'keys.json')))).toBe('restore-target');
  expect(readFileSync(join(target, 'keys.json'), 'utf8')).toBe('of a fresh household');
  expect(existsSync(join(target, 'control.db'))).toBe(false);
  rmSync(join(target, 'keys.json'));
  carryOut(movesOf(staged, target, 'keys.json'));
  expect(readFileSync(join(target, 'keys.json'), 'utf8')).toBe('restored keys.json');
});

if (!hasOtherDisk) console.log('Left out: /dev/shm is no disk of its own on this machine.');
test.runIf(hasOtherDisk)('a move to another disk that was killed while its source was removed goes on', () => {
  const { staged, target } = stage();
  cpSync(staged, target, { recursive: true });
  rmSync(join(staged, 'control.db'));
  carryOut(movesOf(staged, target, 'keys.json'));
  for (const name of ['control.db', 'keys.json', 'tenants/one.db'])
    expect(readFileSync(join(target, name), 'utf8')).toBe(`restored ${name}`);
  expect(existsSync(join(staged, 'tenants'))).toBe(false);
});

test.runIf(hasOtherDisk)('a folder goes to another disk whole', () => {
  const { staged, target } = stage();
  carryOut(movesOf(staged, target, 'keys.json'));
  expect(readFileSync(join(target, 'tenants', 'one.db'), 'utf8')).toBe('restored tenants/one.db');
  expect(existsSync(staged)).toBe(false);
  expect(existsSync(`${target}.restoring`)).toBe(false);
});

test.each([
  '.restoring.json',
  'state/.restoring.json',
])('an unfinished restore is seen by its note, wherever who restores has put it: %s', (note) => {
  const target = join(folder, 'state');
  mkdirSync(target);
  expect(thrownBy(() => refuseRestoring(target))).toBeUndefined();
  writeFileSync(note.startsWith('.') ? `${target}${note}` : join(folder, note), '{}');
  expect(thrownBy(() => refuseRestoring(target))).toBe('restore-unfinished');
});
