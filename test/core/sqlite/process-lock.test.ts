import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { holdLock } from '../../../core/sqlite/process-lock.ts';
import { killChildren, startChild } from './child.ts';
import { temporaryFolder } from './temporary-state.ts';

const ALREADY_RUNNING = expect.objectContaining({
  code: 'conflict',
  reason: 'already-running',
  hint: expect.any(String),
});
let place: ReturnType<typeof temporaryFolder>;
let path: string;

beforeEach(() => {
  place = temporaryFolder();
  path = join(place.folder, 'bot.lock');
});
afterEach(() => {
  killChildren();
  place.remove();
});

test('a second process is refused while the first lives, and a kill -9 frees the lock at once', async () => {
  const first = startChild('hold-lock', [path]);
  expect(await first.nextLine()).toBe('held');
  expect(() => holdLock(path)).toThrow(ALREADY_RUNNING);
  await first.kill();
  const second = holdLock(path);
  const third = startChild('hold-lock', [path]);
  expect(await third.nextLine()).toBe('already-running');
  expect(await third.ended()).toBe(0);
  second[Symbol.dispose]();
});

test('a lock is free again after it was disposed, and refused twice in one process', () => {
  const lock = holdLock(path);
  expect(() => holdLock(path)).toThrow(ALREADY_RUNNING);
  lock[Symbol.dispose]();
  holdLock(path)[Symbol.dispose]();
});

test('a lock in a folder that is not there names the state folder', () => {
  expect(() => holdLock(join(place.folder, 'absent', 'bot.lock'))).toThrow(
    expect.objectContaining({ code: 'unavailable', reason: 'state-dir' }),
  );
});
