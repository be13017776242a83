import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { openTestState, temporaryFolder } from './temporary-state.ts';

let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
beforeEach(async () => {
  place = temporaryFolder();
  state = await openTestState(place.stateDir);
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

function make(name: string, madeAt: number): void {
  const { backups } = state.control;
  backups.add({ name, madeAt, bytes: 1, sha256: 'a', plainBytes: 1, entries: 1 }, new Uint8Array(32).fill(7));
  backups.noteCopy(name, { place: 'local', verifiedAt: madeAt });
}

const keys = () =>
  ['one', 'two', 'three'].filter((name) => state.control.backups.sessionKey(name) !== undefined).join();

test('a proof destroys the keys of its backup and of all older ones, which nobody drills any more', () => {
  make('one', 1);
  make('two', 2);
  make('three', 3);
  state.control.backups.markProven('two', 4, {});
  expect(keys()).toBe('three');
});

test('the key of a backup goes with its last copy', () => {
  make('one', 1);
  state.control.backups.noteCopy('one', { place: 'nas', verifiedAt: 1 });
  state.control.backups.dropCopy('one', 'local');
  expect(keys()).toBe('one');
  state.control.backups.dropCopy('one', 'nas');
  expect(keys()).toBe('');
});
