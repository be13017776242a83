import { expect, test } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { ADA, BEN, type Household, openHousehold } from './household.ts';

async function type(household: Household, line: string, person = ADA) {
  const [name = '', ...args] = line.split(' ');
  const caller = household.callerOf(person);
  return (await runCommand({ name, args: args.join(' '), place: 'ops', caller }, household.services)).text;
}
const audit = ({ state }: Household) =>
  state.control.audit.recent(9).map((row) => `${row.action} ${row.target} ${row.outcome}`);

test('!keys tells ages and counts', async () => {
  await using household = await openHousehold();
  const text = await type(household, 'keys');
  expect(text).toMatch(/Master key\*\* number 1, 0 secs old/);
  expect(text).toMatch(/Document keys\*\* 3: the oldest 0 secs old/);
  expect(audit(household)).toEqual([]);
});

test('!keys rotate asks for a word first, and then for new keys for all', async () => {
  await using household = await openHousehold();
  expect(await type(household, `keys rotate ${BEN}`)).toMatch(
    /did nothing with .*`kinkeeper keys rotate @name:server`/,
  );
  expect(await type(household, 'keys rotate')).toContain('`!keys rotate yes`');
  expect(household.state.keys.waiting()).toEqual([]);
  expect(await type(household, 'keys rotate yes')).toContain('changing 3 keys');
  expect(household.state.keys.waiting()).toHaveLength(3);
  expect(await type(household, 'keys')).toContain('To be changed');
  expect(audit(household)).toEqual(['command.keys-rotate all done', 'command.keys-rotate all refused']);
});

test('!lockdown locks, and only an admin may', async () => {
  await using household = await openHousehold();
  await type(household, 'lockdown', BEN);
  expect(household.lockdowns()).toBe(0);
  expect(await type(household, 'lockdown')).toContain('kinkeeper unlock');
  expect(household.lockdowns()).toBe(1);
  expect(audit(household)).toEqual(['command.lockdown - done', 'command.lockdown - refused']);
});
