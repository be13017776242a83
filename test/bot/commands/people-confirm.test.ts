import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { fingerprintOf, seeIdentity } from '../../../core/identities.ts';
import { ADA, BEN, CEM, type Household, openHousehold } from './household.ts';

let home: Household;
const KEY = 'q'.repeat(20) + 'Z'.repeat(23);
const see = (person: string, key: string) => seeIdentity(home.state.control, person, key);
const changed = (person: string) => home.state.control.people.find(person)!.identityChanged;

beforeEach(async () => {
  home = await openHousehold();
  for (const person of [ADA, BEN]) see(person, 'first');
});
afterEach(() => home[Symbol.asyncDispose]());

async function ops(person: string, args: string): Promise<string> {
  const call = { name: 'people', args: `confirm ${args}`, place: 'ops', caller: home.callerOf(person) } as const;
  return (await runCommand(call, home.services)).text;
}
const codeIn = (text: string) => /(?:yes|ja) ([A-Z0-9]{6})/.exec(text)![1]!;

it('shows how the new identity begins, and takes it with the code only', async () => {
  expect(await ops(ADA, BEN)).toMatch(/^There is nothing to confirm/);
  see(BEN, KEY);
  const preview = await ops(ADA, BEN);
  expect(preview).toContain(`begins with \`${fingerprintOf(KEY)}\``);
  expect(changed(BEN)).toBe(true);
  await expect(ops(ADA, `${BEN} yes AAAAAA`)).rejects.toMatchObject({ reason: 'erase-code' });
  expect(changed(BEN)).toBe(true);
  expect(await ops(ADA, `${BEN} yes ${codeIn(await ops(ADA, BEN))}`)).toMatch(/^Confirmed/);
  expect(changed(BEN)).toBe(false);
  expect(home.state.control.alerts.recent(1)[0]!.clearedAt).not.toBeNull();
  expect(home.state.control.audit.recent(1)).toMatchObject([
    { actor: ADA, action: 'command.people-confirm', target: BEN, outcome: 'done' },
  ]);
});

it('takes no code for an identity that came after it was shown', async () => {
  see(BEN, KEY);
  const code = codeIn(await ops(ADA, BEN));
  see(BEN, 'another');
  await expect(ops(ADA, `${BEN} yes ${code}`)).rejects.toMatchObject({ reason: 'erase-code' });
  expect(changed(BEN)).toBe(true);
});

it('is for admins, for known people, and never for oneself', async () => {
  see(ADA, KEY);
  expect(await ops(ADA, ADA)).toContain('kinkeeper people confirm');
  expect(changed(ADA)).toBe(true);
  expect(await ops(CEM, BEN)).toBe('Only an admin may do that.');
  await expect(ops(ADA, '@eve:home.test')).rejects.toMatchObject({ reason: 'no-such-person' });
});
