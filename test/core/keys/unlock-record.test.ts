import { readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { unlockOver } from '../../../core/keys/unlock-over.ts';
import { UnlockRecord } from '../../../core/keys/unlock-record.ts';
import { waitForUnlock } from '../../../core/keys/unlock-socket.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { NOW, openTestState, PASSPHRASE, temporaryFolder } from '../sqlite/temporary-state.ts';

const ME = { uid: 1000 };
let place: ReturnType<typeof temporaryFolder>;
let now: number;
beforeEach(async () => {
  now = NOW;
  place = temporaryFolder();
  (await openTestState(place.stateDir))[Symbol.dispose]();
});
afterEach(() => place.remove());

const path = () => join(place.stateDir, 'bot.tries');
const socketPath = () => join(place.stateDir, 'bot.sock');
const rows = (state: OpenState) =>
  state.control.audit.rowsAfter(0, 99).map(({ row: _, hash: _h, named: _n, ...row }) => row);

/** A sealed process, as bot and ops start one. It ends sealed when it is stopped. */
async function sealed() {
  const [stop, record] = [new AbortController(), new UnlockRecord(path())];
  const waiting = waitForUnlock({
    ...{ socketPath: socketPath(), signal: stop.signal, clock: () => now, record },
    tryUnlock: (passphrase) => openState({ stateDir: place.stateDir, passphrase, create: false, clock: () => now }),
  });
  await new Promise(setImmediate);
  const opened = async () => {
    const state = await waiting;
    record.writeTo(state.control.audit, 'bot', now);
    return state;
  };
  const end = async () => {
    stop.abort();
    await waiting.catch(() => {});
  };
  return { end, opened };
}

test('who unlocked it stands in the trail', async () => {
  const { opened } = await sealed();
  await unlockOver(socketPath(), PASSPHRASE, { uid: 0, sudoUid: 1000 });
  using state = await opened();
  const actor = 'shell uid 0 (sudo from 1000)';
  expect(rows(state)).toEqual([{ at: NOW, actor, action: 'keys.unlock', target: 'bot', outcome: 'done' }]);
  expect(state.control.audit.verify()).toBe(1);
});

test('a flood of wrong passphrases is one row with their number, also when the process was ended in between', async () => {
  for (let life = 0; life < 2; life++) {
    const { end } = await sealed();
    for (let round = 0; round < 3; round++) {
      expect(await unlockOver(socketPath(), 'wrong', ME)).toMatchObject({ status: 'wrong' });
      for (let early = 0; early < 20; early++) await unlockOver(socketPath(), 'wrong', ME);
      now += 60_000;
    }
    await end();
  }
  expect(statSync(path()).mode & 0o777).toBe(0o600);
  const { opened } = await sealed();
  await unlockOver(socketPath(), PASSPHRASE, ME);
  using state = await opened();
  const common = { actor: 'shell uid 1000', action: 'keys.unlock' };
  const since = new Date(NOW).toISOString();
  expect(rows(state)).toEqual([
    { ...common, at: now - 60_000, target: `bot, 6 since ${since}`, outcome: 'refused' },
    { ...common, at: now, target: 'bot', outcome: 'done' },
  ]);
  expect(readdirSync(place.stateDir)).not.toContain('bot.tries');
});

test('tries at a process that ended sealed are told by the next start that needs no socket', async () => {
  new UnlockRecord(path()).refused(undefined, NOW);
  using state = await openTestState(place.stateDir);
  for (let start = 0; start < 2; start++) new UnlockRecord(path()).writeTo(state.control.audit, 'ops', NOW + 9);
  expect(rows(state)).toMatchObject([
    { at: NOW, actor: 'shell', target: expect.stringContaining('ops, 1 since'), outcome: 'refused' },
  ]);
});

test('a file of counts that cannot be read keeps nobody out', async () => {
  writeFileSync(path(), '{"count":');
  const { opened } = await sealed();
  await unlockOver(socketPath(), PASSPHRASE);
  using state = await opened();
  expect(rows(state)).toMatchObject([{ actor: 'shell', outcome: 'done' }]);
});
