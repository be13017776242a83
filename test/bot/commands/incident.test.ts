import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { rememberEvidence } from '../../../core/incident/evidence-list.ts';
import { rememberLockdown } from '../../../core/incident/last-lockdown.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { ADA, BEN, type Household, openHousehold } from './household.ts';

const HOUR = 3_600_000;

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
});
afterEach(() => home[Symbol.asyncDispose]());

async function type(line: string, person = ADA) {
  const [name = '', ...rest] = line.split(' ');
  const call = { name, args: rest.join(' '), place: 'ops', caller: home.callerOf(person) } as const;
  return runCommand(call, home.services);
}

const text = async (line: string) => (await type(line)).text;

/** An incident as its records tell it. */
function happened(): void {
  const { audit, facts, alerts } = home.state.control;
  audit.append({ at: NOW - 3 * HOUR, actor: ADA, action: 'command.lockdown', target: '-', outcome: 'done' });
  audit.append({ at: NOW - 9 * 24 * HOUR, actor: ADA, action: 'command.run', target: 'long-before', outcome: 'done' });
  alerts.raise({ code: 'audit-broken', severity: 'critical', facts: { row: 7 } });
  rememberLockdown(facts, { at: NOW - 3 * HOUR, outside: 'ok', evidence: 'ok', liftedAt: NOW - HOUR });
  const archive = { name: 'kin-evidence-20270115T050000Z-1a2b3c', bytes: 12, files: 3, sha256: 'ab'.repeat(32) };
  rememberEvidence(facts, { ...archive, madeAt: NOW - 2 * HOUR, cause: 'lockdown' });
}

test('!incident lists the six steps with their state, for admins alone', async () => {
  expect(await text('incident')).toMatch(/^1\. .*Never done so far\.[\s\S]*^6\. .*72 hours/m);
  happened();
  const now = await text('incident');
  expect(now).toMatch(/^2\. .*kin-evidence-20270115T050000Z-1a2b3c/m);
  expect(now).toMatch(/^3\. .*0 of 10 settled/m);
  expect(now).toContain('No backup has proven itself yet');
  expect((await type('incident', BEN)).text).not.toContain('!lockdown');
});

test('!rotate leads through one thing after the other, keeps where one stands, and sees what the trail shows', async () => {
  expect(await text('rotate')).toMatch(/➜ `passphrase` \*\*next\*\*[\s\S]*kinkeeper keys passphrase/);
  home.state.control.audit.append({
    at: NOW + 1,
    actor: 'shell',
    action: 'keys.passphrase',
    target: '-',
    outcome: 'done',
  });
  expect(await text('rotate')).toMatch(/✓ `passphrase`[\s\S]*➜ `recovery-code`/);
  expect(await text('rotate skip wireguard')).toMatch(/– `wireguard`/);
  expect(await text('rotate done recovery-code')).toMatch(/3 of 10 settled[\s\S]*➜ `master-key`/);
  expect(await text('rotate done fridge')).toContain('There is no “fridge”');
  expect(home.state.control.audit.recent(1)).toMatchObject([{ target: 'done', outcome: 'refused' }]);
  expect(await text('rotate begin')).toMatch(/0 of 10 settled/);
});

test('!incident report sends what the records tell as a file, in both forms, and says what only a human knows', async () => {
  happened();
  const { attachment } = await type('incident report');
  expect(attachment).toMatchObject({
    mime: 'text/html',
    name: expect.stringMatching(/^incident-\d{4}-\d\d-\d\d\.html$/),
  });
  const html = Buffer.from(attachment!.bytes).toString();
  expect(html).toContain('<mark>[to be filled in');
  const markdown = Buffer.from((await type('incident report markdown')).attachment!.bytes).toString();
  expect(markdown).toContain('since the lockdown');
  expect(markdown).toContain('command.lockdown');
  expect(markdown).toContain(`SHA-256 ${'ab'.repeat(32)}`);
  expect(markdown).toContain('was closed by the host helper');
  expect(markdown).toContain('3 people use');
  expect(markdown).toContain('72 hours');
  expect(markdown).toContain('household purposes is exempt');
  expect(markdown).not.toContain('long-before');
  expect(markdown).not.toContain('REHEARSAL');
  const since = Buffer.from((await type('incident report markdown 2000-01-01')).attachment!.bytes).toString();
  expect(since).toContain('long-before');
  expect(await text('incident report html yesterday')).toContain('It takes one such as 2026-01-31');
});
