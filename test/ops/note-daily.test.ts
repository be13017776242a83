import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { noonOf } from '../../core/daily-figures.ts';
import { AppError } from '../../core/errors.ts';
import { createLogger } from '../../core/log.ts';
import type { HostFacts } from '../../ops/host/host-facts.ts';
import { folderBytes, noteDaily } from '../../ops/jobs/note-daily.ts';
import { openTestState } from './open-test-state.ts';

const NOON = noonOf('2026-11-29');
const DISK = { diskFreeBytes: 40e9, diskBytes: 80e9 };
const clock = () => NOON;
const log = createLogger({ name: 'test', level: 'silent' });

let home: Awaited<ReturnType<typeof openTestState>>;
beforeEach(async () => {
  home = await openTestState(clock);
});
afterEach(() => home.remove());

const saw = (failedLogins: number | null, at = NOON) => ({ ...DISK, host: { at, failedLogins } as HostFacts });
const noted = () => home.state.control.daily.between('2026-01-01', '2026-12-31');

test('the disk, the state folder and failed logins of the day are noted', async () => {
  const { stateDir, state } = home;
  await noteDaily({ stateDir, control: state.control }, saw(12), { clock, log });
  const [day, ...others] = noted();
  expect(others).toEqual([]);
  expect(day).toMatchObject({ day: '2026-11-29', levels: { ...DISK, failedLogins: 12 } });
  expect(day!.levels.stateBytes).toBeGreaterThan(10_000);
});

test('a host that does not tell about logins leaves them unknown, not none', async () => {
  const { stateDir, state } = home;
  await noteDaily({ stateDir, control: state.control }, saw(null), { clock, log });
  await noteDaily({ stateDir, control: state.control }, DISK, { clock, log });
  expect(noted()[0]!.levels).not.toHaveProperty('failedLogins');
});

test('what the host helper saw yesterday is of yesterday', async () => {
  const { stateDir, state } = home;
  await noteDaily({ stateDir, control: state.control }, saw(7, NOON - 86_400_000), { clock, log });
  expect(noted().map(({ day, levels }) => [day, levels.failedLogins])).toEqual([
    ['2026-11-28', 7],
    ['2026-11-29', undefined],
  ]);
});

test('a full disk does not end the job that is to tell of it', async () => {
  const note = () => {
    throw new AppError('unavailable', 'full', { reason: 'disk-full' });
  };
  const options = { stateDir: home.stateDir, control: { daily: { note } } };
  await expect(noteDaily(options, DISK, { clock, log })).resolves.toBeUndefined();
});

test('a folder is as large as its files, links not followed', async () => {
  const folder = join(home.stateDir, '..', 'sized');
  mkdirSync(join(folder, 'deep', 'deeper'), { recursive: true });
  writeFileSync(join(folder, 'a'), 'x'.repeat(1000));
  writeFileSync(join(folder, 'deep', 'deeper', 'b'), 'x'.repeat(234));
  symlinkSync(home.stateDir, join(folder, 'link'));
  expect(await folderBytes(folder)).toBe(1234);
});
