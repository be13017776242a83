import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lastRehearsal } from '../../../core/incident/rehearsal.ts';
import { createLogger } from '../../../core/log.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { exportTrail } from '../../../ops/audit/export-trail.ts';
import { HostHelper } from '../../../ops/host/host-helper.ts';
import { addIncidentCommands } from '../../../ops/incident/incident-commands.ts';
import { TestHost } from '../host/test-host.ts';
import { openTestState, PASSPHRASE } from '../open-test-state.ts';

const NOW = 1_800_000_000_000;
const CLOCK = () => NOW;

let opened: Awaited<ReturnType<typeof openTestState>>;
let folder: string;
let said: string[];
beforeEach(async () => {
  opened = await openTestState(CLOCK);
  folder = mkdtempSync(join(tmpdir(), 'kin-report-'));
  said = [];
});
afterEach(() => {
  opened.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** Exit codes that were asked for. */
const codes: number[] = [];

/** `kinkeeper incident report` with these options. */
const report = (...options: string[]) => incident(['report', '--out', folder, ...options]);

async function incident(args: readonly string[], helper?: HostHelper): Promise<void> {
  codes.length = 0;
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addIncidentCommands(program, {
    settings: () => ({
      ...{ stateDir: opened.stateDir, evidence: { settings: {}, logFiles: [] } },
      ...{ backup: undefined, helper },
    }),
    open: () => openState({ stateDir: opened.stateDir, passphrase: PASSPHRASE, create: false, clock: CLOCK }),
    say: (line) => said.push(line),
    now: CLOCK,
    config: ['--config <file>', 'settings file'],
    day: Date.parse,
    log: createLogger({ name: 'test', level: 'silent' }),
    ended: (code) => codes.push(code),
  });
  await program.parseAsync(['incident', ...args], { from: 'user' });
}

const reported = () =>
  exportTrail(opened.state.control.audit, 0).filter(({ action }) => action === 'incident.reported').length;

test('a report is in the trail once it is written', async () => {
  await report('--language', 'de');
  expect(readdirSync(folder).sort()).toEqual(said.map((path) => path.slice(folder.length + 1)).sort());
  expect(reported()).toBe(1);
});

test('one that could not be written is not', async () => {
  const day = new Date(NOW).toISOString().slice(0, 10);
  writeFileSync(join(folder, `incident-${day}.md`), 'of earlier');
  await expect(report()).rejects.toMatchObject({ code: 'conflict' });
  expect(reported()).toBe(0);
});

test('a language that is none of ours is a command line that cannot be followed', async () => {
  await expect(report('--language', 'fr')).rejects.toMatchObject({ code: 'commander.invalidArgument', exitCode: 1 });
});

test('a rehearsal at the shell goes through the steps, is remembered, and stands in the trail', async () => {
  await incident(['rehearse']);
  expect(said.join('\n')).toMatch(/^rehearsal: nothing was locked[\s\S]*^lock: ok \(\d+ ms\)[\s\S]*^report: ok/m);
  expect(said.join('\n')).toContain('outside: not set up');
  expect(codes).toEqual([]);
  expect(lastRehearsal(opened.state.control.facts)?.steps.map(({ outcome }) => outcome)).toContain('ok');
  const [last] = opened.state.control.audit.recent(1);
  expect(last).toMatchObject({ actor: 'shell', action: 'incident.rehearsed', outcome: 'done' });
  expect(readdirSync(opened.stateDir).filter((name) => name.startsWith('lockdown'))).toEqual([]);
});

test.each([
  ['0', 'ok'],
  ['1', 'failed'],
])('a rehearsal asks whether the firewall would close (nft ends with %s), and closes nothing', async (code, outcome) => {
  const host = TestHost.make();
  host.fake('nft', `cat >/dev/null; echo "$*" >>${host.dir}/calls; exit ${code}`);
  const over = new AbortController();
  const serving = host.serveUntil(over.signal);
  await incident(['rehearse', '--json'], new HostHelper(host.spool)).finally(() => over.abort());
  await serving;
  expect(JSON.parse(said[0]!).outside).toMatch(new RegExp(`^${outcome}`));
  expect(readFileSync(join(host.dir, 'calls'), 'utf8')).toBe('-c -f -\n');
  host.remove();
});

test('a step that fails ends it with exit code 1, after all the others', async () => {
  await incident(['rehearse', '--json'], new HostHelper(join(folder, 'none')));
  expect(JSON.parse(said[0]!)).toMatchObject({ failed: 1, outside: expect.stringMatching(/^failed/) });
  expect(JSON.parse(said[0]!).report).toMatch(/^ok/);
  expect(codes).toEqual([1]);
});
