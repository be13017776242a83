import { afterEach, beforeEach, expect, test } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import type { CommandServices } from '../../../bot/commands/services.ts';
import type { PasswordOutcome, PasswordWish } from '../../../bot/password-desk.ts';
import { rememberEvidence } from '../../../core/incident/evidence-list.ts';
import { IncidentDesk } from '../../../core/incident/incident-desk.ts';
import { rememberLockdown } from '../../../core/incident/last-lockdown.ts';
import type { RotationSeen } from '../../../core/incident/rotation-sight.ts';
import { NOW } from '../../core/sqlite/temporary-state.ts';
import { ADA, BEN, type Household, openHousehold } from './household.ts';

const HOUR = 3_600_000;

let home: Household;
let changes: CommandServices['changes'];
let incident: IncidentDesk;
let now: number;
beforeEach(async () => {
  home = await openHousehold();
  ({ changes, incident } = home.services);
  now = NOW;
});
afterEach(() => home[Symbol.asyncDispose]());

async function type(line: string, person = ADA) {
  const [name = '', ...rest] = line.split(' ');
  const call = { name, args: rest.join(' '), place: 'ops', caller: home.callerOf(person) } as const;
  return runCommand(call, { ...home.services, changes, incident, clock: () => now });
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
  expect(now).toMatch(/^3\. .*0 of 12 settled/m);
  expect(now).toContain('No backup has proven itself yet');
  expect((await type('incident', BEN)).text).not.toContain('!lockdown');
});

test('!rotate leads through one thing after the other, keeps where one stands, and sees what the trail shows', async () => {
  const looked = await text('rotate');
  expect(looked).toMatch(/No round is begun[\s\S]*○ `passphrase`\n[\s\S]*`!rotate begin` begins a round/);
  expect(await text('rotate done database')).toContain('`!rotate begin` begins a round');
  expect(await text('rotate')).toBe(looked);
  expect(await text('rotate begin')).toMatch(/➜ `passphrase` \*\*next\*\*[\s\S]*kinkeeper keys passphrase/);
  home.state.control.audit.append({
    at: NOW + 1,
    actor: 'shell',
    action: 'keys.passphrase',
    target: '-',
    outcome: 'done',
  });
  expect(await text('rotate')).toMatch(/✓ `passphrase`[\s\S]*➜ `recovery-code`/);
  expect(await text('rotate skip wireguard')).toMatch(/– `wireguard`/);
  expect(await text('rotate skip recovery-code')).toMatch(/3 of 12 settled[\s\S]*➜ `master-key`/);
  expect(await text('rotate done fridge')).toContain('There is no “fridge”');
  expect(home.state.control.audit.recent(1)).toMatchObject([{ target: 'done', outcome: 'refused' }]);
  now += 2;
  expect(await text('rotate begin')).toMatch(/0 of 12 settled/);
});

test('!rotate done takes nobody’s word for what it can see, and says whose word it is where it sees nothing', async () => {
  let seen: RotationSeen = {
    prints: { 'bot-password': ['written 1'], 'ssh-host-keys': ['a', 'b'] },
    absent: ['wireguard'],
  };
  incident = new IncidentDesk(home.state.control, () => seen);
  expect(await text('rotate begin')).toMatch(/0 of 11 settled[\s\S]*left out: `wireguard`\./);
  const trail = () => home.state.control.audit.recent(1).map(({ target, outcome }) => `${target} ${outcome}`);
  for (const item of ['passphrase', 'people-keys', 'bot-password', 'ssh-host-keys']) {
    expect(await text(`rotate done ${item}`)).toContain(`\`${item}\` is not changed yet`);
    expect(trail()).toEqual([`done ${item} refused`]);
  }
  expect(await text('rotate')).toContain('0 of 11 settled');

  seen = { ...seen, prints: { 'bot-password': ['written 2'], 'ssh-host-keys': ['a', 'c'] } };
  expect(await text('rotate done ssh-host-keys'), 'one of the old keys is there still').toContain('not changed yet');
  expect(await text('rotate done bot-password')).toMatch(/✓ `bot-password`, changed \d/);
  expect(await text('rotate done database')).toMatch(/✓ `database`, changed, you say so \(/);
  const markdown = Buffer.from((await type('incident report markdown')).attachment!.bytes).toString();
  expect(markdown).toContain('| password and access token of the bot | changed |');
  expect(markdown).toContain('| keys of databases (Qdrant, homeserver) | changed, as an admin says');
  expect(markdown).toContain('| WireGuard keys | not set up here |');
  expect(markdown).toMatch(/rotation \| database \| @ada:home.test \| changed, as an admin says/);
});

test('!rotate says what it can do by itself, asks before it does, and leaves the rest to humans', async () => {
  changes = { ...home.services.changes!, hasHostHelper: false };
  const bare = await text('rotate');
  expect(bare).toContain('○ `bot-password` (I can: `!rotate now bot-password`)');
  expect(bare).toContain('○ `wireguard`\n');
  expect(await text('rotate now wireguard yes')).toContain('no host helper');
  changes = { ...home.services.changes!, hasHostHelper: true };
  expect(await text('rotate')).toContain('○ `ssh-host-keys` (I can: `!rotate now ssh-host-keys`)');

  expect(await text('rotate now wireguard')).toMatch(/no device comes in by the VPN[\s\S]*`!rotate now wireguard yes`/);
  expect(home.state.control.requests.waiting()).toEqual([]);
  expect(await text('rotate now wireguard yes')).toContain('new keys for WireGuard');
  expect(home.state.control.requests.waiting()).toMatchObject([{ job: 'wireguard', person: ADA }]);
  expect(await text('rotate now backup-key yes')).toMatch(/takes a human: \*\*not on this server/);
  expect(await text('run wireguard')).toContain('There is no job “wireguard”');
  expect((await type('rotate now bot-password yes', BEN)).text).toMatch(/Admins|Admin/);
});

test('!rotate now bot-password: what became of it in words, done and refused in the trail', async () => {
  const outcomes: PasswordOutcome[] = [
    { kind: 'changed', others: 2 },
    { kind: 'refused', why: 'limit', problem: '', waitMs: 120_000 },
    { kind: 'waiting', why: 'no-answer', problem: '', waitMs: 0 },
  ];
  const asked: PasswordWish[] = [];
  const password = async (wish: PasswordWish) => {
    asked.push(wish);
    return outcomes.shift()!;
  };
  changes = { password, hasHostHelper: true };
  const trail = () => home.state.control.audit.recent(1).map(({ target, outcome }) => `${target} ${outcome}`);
  expect(await text('rotate now bot-password')).toContain('`!rotate now bot-password yes`');
  expect(asked).toEqual([]);
  expect(await text('rotate now bot-password yes')).toMatch(/2 other sessions of my account were \*\*logged out/);
  expect(asked).toMatchObject([{ person: ADA, source: expect.any(String) }]);
  expect(trail()).toEqual(['now bot-password done']);
  expect(await text('rotate now bot-password yes')).toMatch(/not changed[\s\S]*in 2 mins/);
  expect(trail()).toEqual(['now bot-password refused']);
  expect(await text('rotate now bot-password yes')).toMatch(/goes on by itself[\s\S]*I tell you here/);
  expect(trail()).toEqual(['now bot-password refused']);
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

test.each([
  'lockdown',
  'lockdown now',
  'lockdown !!',
  'lock please, they are in',
  'sperren sofort',
  'sperren bitte!\nschnell',
])('%j locks: whoever is in a hurry is asked nothing', async (line) => {
  await type(line, BEN);
  expect(home.lockdowns()).toBe(0);
  await type(line);
  expect(home.lockdowns()).toBe(1);
});

test('!rotate now api-keys ends everybody’s keys, and tells whose they were', async () => {
  const { apiKeys } = home.state.control;
  const keep = (person: string, name: string) => {
    const wish = { name, scopes: ['upload'], endsAt: NOW + 24 * HOUR, source: `$${name}` } as const;
    return apiKeys.make(home.callerOf(person), wish).text;
  };
  const made = [keep(ADA, 'phone'), keep(BEN, 'scanner'), keep(BEN, 'skript')];
  expect(await text('rotate begin')).toContain('○ `api-keys` (I can: `!rotate now api-keys`)');
  expect(await text('rotate now api-keys')).toMatch(/everybody’s[\s\S]*`!rotate now api-keys yes`/);
  expect(apiKeys.open(made[0]!)).toMatchObject({ key: { name: 'phone' } });
  expect(await text('rotate now api-keys yes')).toMatch(/^\*\*3 API keys have ended\*\*, of 2 people; 2 told/);
  for (const key of made) expect(apiKeys.open(key)).toBe('ended');
  expect(home.told.map(({ person, text: said }) => [person, said])).toEqual([
    [ADA, expect.stringMatching(/ended all API keys.*“phone”.*`!apikey new phone` makes a new one/)],
    [BEN, expect.stringMatching(/alle API-Schlüssel.*„scanner“ und „skript“.*`!apischlüssel neu scanner`/)],
  ]);
  expect(await text('rotate')).toMatch(/✓ `api-keys`, changed \d/);
  expect(JSON.stringify(home.state.control.audit.recent(9))).not.toMatch(/phone|skript/);
  expect(await text('rotate now api-keys yes')).toBe('No API key opens anything.');
  expect((await type('rotate now api-keys yes', BEN)).text).toMatch(/Admins|Admin/);
});
