import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { createLogger } from '../../../core/log.ts';
import { HostHelper } from '../../../ops/host/host-helper.ts';
import { addChecklistCommand } from '../../../ops/posture/checklist-command.ts';
import type { Posture } from '../../../ops/posture/posture-shape.ts';
import { IN_DOCKER } from '../fixes/host-kinds.ts';
import { openTestState } from '../open-test-state.ts';
import { postureOf, READ_AT } from './good-host.ts';

let state: OpenState;
let remove: () => void;
let spoolDir: string;
beforeEach(async () => {
  ({ state, remove } = await openTestState(() => READ_AT));
  spoolDir = mkdtempSync(join(tmpdir(), 'kin-spool-'));
});
afterEach(() => {
  remove();
  rmSync(spoolDir, { recursive: true });
});

const { privateKey, publicKey } = generateKeyPairSync('ed25519');

/** Leaves in the spool what the host helper saw, signed as it does. */
function leave({ at, probes }: Posture): void {
  const told = Object.entries(probes).map(([name, { code, cut, text }]) => [
    name,
    { rc: code, cut, out: Buffer.from(text).toString('base64') },
  ]);
  const payload = Buffer.from(JSON.stringify({ format: 1, at, probes: Object.fromEntries(told) }));
  const signed = { payload: payload.toString('base64'), signature: sign(null, payload, privateKey).toString('base64') };
  writeFileSync(join(spoolDir, 'posture.json'), JSON.stringify(signed));
  writeFileSync(join(spoolDir, 'posture.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
}

/** What `kinkeeper checklist` says and ends with, where the host helper last saw this and takes no new request. */
async function checklist(posture: Posture, ...args: string[]) {
  leave(posture);
  const lines: string[] = [];
  const codes: number[] = [];
  const program = new Command('kinkeeper').exitOverride();
  addChecklistCommand(program, {
    open: async () => ({ ...state, control: state.control, [Symbol.dispose]: () => {} }),
    settings: () => ({ helper: new HostHelper(spoolDir), own: [], here: IN_DOCKER }),
    say: (line) => lines.push(line),
    now: () => READ_AT,
    log: createLogger({ name: 'test', level: 'silent' }),
    config: ['--config <file>', 'settings'],
    ended: (code) => codes.push(code),
  });
  await program.parseAsync(['checklist', ...args], { from: 'user' });
  return { said: lines.join('\n'), codes };
}

const SOME_FAIL = { time: 'synchronised=no\n', reboot: 'true\n' };
const ONE_UNKNOWN = { sysctl: 'nonsense' };

test('it ends with 0 when every line passes', async () => {
  const { said, codes } = await checklist(postureOf());
  expect(said).toMatch(/^0 fail, 0 not known, [1-9]\d pass; the host was read 2026-11-30T12:00:00Z$/m);
  expect(codes).toEqual([0]);
});

test.each([
  ['a line fails', postureOf({ reboot: 'true\n' })],
  ['a line is not known', postureOf(ONE_UNKNOWN)],
])('it ends with 1 when %s, and says so to programs too', async (_name, posture) => {
  expect((await checklist(posture)).codes).toEqual([1]);
  const { said, codes } = await checklist(posture, '--json');
  expect(codes).toEqual([1]);
  expect(JSON.parse(said)).toMatchObject({ ok: false });
});

test('it ends with 1 when it was to look anew and could not, though all passed the last time', async () => {
  const { said, codes } = await checklist(postureOf(), '--collect');
  expect(codes).toEqual([1]);
  expect(said).toMatch(/^0 fail, 0 not known, /m);
  expect(said).toContain('The host was not looked at anew (host-helper): this is from before.');
  expect(JSON.parse((await checklist(postureOf(), '--collect', '--json')).said)).toMatchObject({
    ...{ ok: false, fail: 0, unknown: 0, collected: 'host-helper' },
  });
});

test('what fails, what is not known and what passes are counted each for itself, in both languages', async () => {
  const posture = postureOf({ ...SOME_FAIL, ...ONE_UNKNOWN });
  const { pass } = JSON.parse((await checklist(posture, '--json')).said);
  expect(pass).toBeGreaterThan(10);
  expect((await checklist(posture)).said).toContain(`\n2 fail, 1 not known, ${pass} pass; `);
  state.control.people.add({ id: '@ada:home.test', role: 'admin', language: 'de' });
  expect((await checklist(posture)).said).toContain(`\nFAIL: 2, UNKNOWN: 1, PASS: ${pass}; `);
});

test('programs read evidence in English, whatever the household speaks', async () => {
  state.control.people.add({ id: '@ada:home.test', role: 'admin', language: 'de' });
  const { checks } = JSON.parse((await checklist(postureOf({ reboot: 'true\n' }), '--json')).said);
  expect(checks.find(({ id }: { id: string }) => id === 'reboot').evidence).toMatch(/^a restart is asked for; /);
});
