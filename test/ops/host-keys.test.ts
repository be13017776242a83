import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requestWords } from '../../bot/job-words.ts';
import { IncidentDesk } from '../../core/incident/incident-desk.ts';
import type { ConfirmedJob } from '../../core/job.ts';
import { createLogger } from '../../core/log.ts';
import { HostHelper } from '../../ops/host/host-helper.ts';
import type { JobContext } from '../../ops/job-spec.ts';
import { hostKeysJob } from '../../ops/jobs/host-keys.ts';
import { TestHost } from './host/test-host.ts';
import { openTestState } from './open-test-state.ts';
import { ORDINARY_RUN } from './ordinary-run.ts';

// The jobs that change keys of the host, against the real helper; what it does there is tested beside it (host/keys.test.ts).

const NOW = 1_800_000_000_000;
const PUBLIC = `${'P'.repeat(43)}=`;
const log = createLogger({ name: 'test', level: 'silent' });
const context: JobContext = {
  ...{ ...ORDINARY_RUN, signal: new AbortController().signal, clock: () => NOW, log, previous: undefined },
  dry: false,
};

let home: Awaited<ReturnType<typeof openTestState>>;
let host: TestHost;
beforeEach(async () => {
  home = await openTestState(() => NOW);
  host = TestHost.make();
});
afterEach(() => {
  home.remove();
  host.remove();
});

/** Runs a job while the helper serves, and gives what the ops room is told. */
async function told(name: ConfirmedJob): Promise<string> {
  const { control } = home.state;
  control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  const person = control.people.list()[0]!.id;
  const { id } = control.requests.ask({ source: `$${name}`, person, job: name, dry: false, at: NOW });
  const run = control.requests.start([id], NOW)!;
  const over = new AbortController();
  const serving = host.serveUntil(over.signal);
  const job = hostKeysJob(name, { control, helper: new HostHelper(host.spool) });
  const ended = await job.run(context).then(
    (figures) => ({ outcome: 'ok', figures }) as const,
    () => ({ outcome: 'failed', reference: 'k-1234' }) as const,
  );
  over.abort();
  await serving;
  control.jobs.finish(run, { at: NOW, ...ended });
  return requestWords('en', control.requests.untold()[0]!, { now: NOW, isBusy: false });
}

/** Settings of WireGuard, and a stand-in for wg whose interface is not up. */
function withWireguard(pubkey: string): void {
  const folder = join(host.root, 'etc', 'wireguard');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'wg0.conf'), '[Interface]\nPrivateKey = old\n', { mode: 0o600 });
  host.fake('wg', `case $1 in genkey) echo new ;; pubkey) ${pubkey} ;; esac`);
  host.fake('wg-quick', 'cat "$2"');
}

test('the new public key is told, with what every device needs; the guide settles it by itself', async () => {
  withWireguard(`echo ${PUBLIC}`);
  const desk = new IncidentDesk(home.state.control);
  desk.beginRotation(NOW - 1);
  const text = await told('wireguard');
  expect(text).toMatch(/It went well/);
  expect(text).toContain(`wg0 ${PUBLIC}`);
  expect(text).toMatch(/Nobody comes in by the VPN until their device has the new public key[\s\S]*SSH stays open/);
  expect(readFileSync(join(host.root, 'etc', 'wireguard', 'wg0.conf'), 'utf8')).toContain('PrivateKey = new');
  expect(desk.rotation()?.items).toMatchObject({ wireguard: { state: 'done', by: 'system' } });
});

test('a failure is told with the old keys in their place, stands in the trail, and settles nothing', async () => {
  withWireguard('exit 1');
  const desk = new IncidentDesk(home.state.control);
  desk.beginRotation(NOW - 1);
  expect(await told('wireguard')).toMatch(/failed[\s\S]*k-1234[\s\S]*The old keys are in their place/);
  expect(home.state.control.audit.recent(1)).toMatchObject([{ action: 'wireguard.changed', outcome: 'failed' }]);
  expect(desk.rotation()?.items).toEqual({});
});

test('a host without sshd: it failed, and the log says why', async () => {
  await expect(
    hostKeysJob('sshHostKeys', { control: home.state.control, helper: undefined }).run(context),
  ).resolves.toEqual({ notSetUp: 1 });
  const over = new AbortController();
  const serving = host.serveUntil(over.signal);
  const job = hostKeysJob('sshHostKeys', { control: home.state.control, helper: new HostHelper(host.spool) });
  await expect(job.run(context)).rejects.toThrow(/\(no-sshd\): the old ones are in their place/);
  over.abort();
  await serving;
  expect(existsSync(join(host.var, 'keys'))).toBe(false);
});
