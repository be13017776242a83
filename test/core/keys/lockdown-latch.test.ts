import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isLockedDown, lockdownAt } from '../../../core/keys/lockdown.ts';
import { LockdownLatch } from '../../../core/keys/lockdown-latch.ts';
import { createLogger } from '../../../core/log.ts';

const AT = 1_800_000_000_000;
const log = createLogger({ name: 'test', level: 'silent' });
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-latch-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('what is locked stays locked while its file cannot be written, and the file follows', async () => {
  // A state folder that takes no file, until it does.
  const stateDir = join(folder, 'state');
  const latch = new LockdownLatch(stateDir, log);
  latch.begin(AT);
  expect(latch.isLocked).toBe(true);
  expect(isLockedDown(stateDir)).toBe(false);
  mkdirSync(stateDir);
  await vi.waitFor(() => expect(lockdownAt(stateDir)).toBe(AT), { timeout: 20_000 });
  expect(new LockdownLatch(stateDir, log).isLocked).toBe(true);
  latch.lift();
  expect(latch.isLocked).toBe(false);
  expect(existsSync(join(stateDir, 'lockdown'))).toBe(false);
});

test('lifting ends the trying too', async () => {
  const stateDir = join(folder, 'state');
  const latch = new LockdownLatch(stateDir, log);
  vi.useFakeTimers();
  try {
    latch.begin(AT);
    latch.lift();
    mkdirSync(stateDir);
    await vi.advanceTimersByTimeAsync(60_000);
  } finally {
    vi.useRealTimers();
  }
  expect(isLockedDown(stateDir)).toBe(false);
  expect(latch.isLocked).toBe(false);
});
