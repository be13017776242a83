import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readLockedWork } from '../../../core/incident/locked-work.ts';
import { beginLockdown, liftLockdown } from '../../../core/keys/lockdown.ts';
import { createLogger } from '../../../core/log.ts';
import { HostHelper } from '../../../ops/host/host-helper.ts';
import { LockedDesk } from '../../../ops/incident/locked-desk.ts';
import { openTestState, temporaryFolder } from '../../core/sqlite/temporary-state.ts';
import { TestHost } from '../host/test-host.ts';

const AT = 1_800_000_000_000;
let place: ReturnType<typeof temporaryFolder>;
let host: TestHost;
beforeEach(() => {
  place = temporaryFolder();
  host = TestHost.make();
});
afterEach(() => {
  host.remove();
  place.remove();
});

function desk(): LockedDesk {
  const log = createLogger({ name: 'test', level: 'silent' });
  const none = { backup: undefined, remotes: [], evidence: { settings: {}, logFiles: [] } };
  return new LockedDesk({
    ...none,
    ...{ stateDir: place.stateDir, helper: new HostHelper(host.spool), clock: () => AT, log },
  });
}

test('whatever moment of a lockdown a crash comes in, unlocking opens what may have been closed', async () => {
  using state = await openTestState(place.stateDir);
  beginLockdown(place.stateDir, AT);
  // Nobody serves yet: the helper is asked, and its answer never heard.
  const crash = new AbortController();
  desk().begin(undefined, crash.signal);
  expect(readLockedWork(place.stateDir)).toEqual({ at: AT });
  crash.abort();
  mkdirSync(host.var, { recursive: true });
  writeFileSync(join(host.var, 'closed'), '');
  host.fake('nft', 'cat >/dev/null');
  const over = new AbortController();
  const serving = host.serveUntil(over.signal);
  try {
    liftLockdown(place.stateDir);
    await desk().settle(state.control, new AbortController().signal);
    expect(existsSync(join(host.var, 'closed'))).toBe(false);
  } finally {
    over.abort();
    await serving;
  }
});
