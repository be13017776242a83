import { afterEach, beforeEach, expect, test } from 'vitest';
import { systemClock } from '../../core/clock.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { eventually } from '../bot/eventually.ts';
import { freePort } from '../lab/python-child.ts';
import { PASSPHRASE } from './open-test-state.ts';
import { logSays, TestFolder } from './run-program.ts';
import { startHookServer } from './second-way-servers.ts';

const CODE = 'homeserver-unreachable';

let folder: TestFolder;
beforeEach(() => {
  folder = new TestFolder();
});
afterEach(() => folder.remove());

/** Lets every wait of a process pass in no time: between the tries to reach a homeserver there are twenty seconds. */
const WITHOUT_WAITS = `--import=data:text/javascript,${encodeURIComponent(
  "import waits from'node:timers/promises';import{syncBuiltinESMExports}from'node:module';const wait=waits.setTimeout;waits.setTimeout=(ms,...rest)=>wait(ms/100,...rest);syncBuiltinESMExports()",
)}`;

test('with the homeserver down and no bot, ops itself tells by webhook, and shows it in its metrics', async () => {
  const options = { stateDir: folder.stateDir, create: true, clock: systemClock, kdf: KDF_FOR_TESTS_ONLY };
  const state = await openState({ ...options, clock: () => Date.now() - 11 * 60_000, passphrase: PASSPHRASE });
  // It began eleven minutes ago.
  const facts = { seconds: 1, since: Date.now() - 11 * 60_000 };
  state.control.alerts.raise({ ...{ code: CODE, severity: 'critical', key: CODE }, facts });
  state[Symbol.dispose]();
  await using hook = await startHookServer();
  const port = await freePort();
  // Port 9, where the homeserver should be, answers nothing.
  const settings = folder.settings(
    `keys: { passphraseFile: ./secrets/passphrase }\nalerts: { webhook: { url: "${hook.url}" } }\nmetrics: { ops: "127.0.0.1:${port}" }`,
  );
  const ops = folder.start('ops/main.ts', ['--config', settings], { env: { NODE_OPTIONS: WITHOUT_WAITS } });
  await logSays(ops, '"msg":"ready"');
  await eventually(() => hook.posts.length).toBeGreaterThan(0);
  expect(hook.posts[0]!.body).toMatchObject({
    severity: 'critical',
    code: CODE,
    text: expect.stringContaining('cannot reach the homeserver'),
    reference: expect.stringMatching(/^A\d+$/),
  });
  const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  expect(metrics).toContain('kinkeeper_homeserver_up 0\n');
  expect(metrics).toContain('kinkeeper_job_runs_total{job="health",outcome="ok"} 1\n');
  expect(metrics).toContain('kinkeeper_alerts_open{severity="critical"} 1\n');
  ops.kill('SIGTERM');
  expect((await ops).exitCode).toBe(0);
});
