import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openState } from '../../../core/sqlite/open-state.ts';
import { exportTrail } from '../../../ops/audit/export-trail.ts';
import { addIncidentCommands } from '../../../ops/incident/incident-commands.ts';
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

/** `kinkeeper incident report` with these options. */
async function report(...options: string[]): Promise<void> {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  addIncidentCommands(program, {
    settings: () => ({ evidence: { settings: {}, logFiles: [] }, backup: undefined, helper: undefined }),
    open: () => openState({ stateDir: opened.stateDir, passphrase: PASSPHRASE, create: false, clock: CLOCK }),
    say: (line) => said.push(line),
    now: CLOCK,
    config: ['--config <file>', 'settings file'],
    day: Date.parse,
  });
  await program.parseAsync(['incident', 'report', '--out', folder, ...options], { from: 'user' });
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
