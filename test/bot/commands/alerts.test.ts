import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCommand } from '../../../bot/commands/run-command.ts';
import { timeNamed } from '../../../bot/commands/time-named.ts';
import { AppError } from '../../../core/errors.ts';
import { ADA, CEM, type Household, openHousehold } from './household.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
let home: Household;
beforeEach(async () => {
  home = await openHousehold();
});
afterEach(() => home[Symbol.asyncDispose]());

async function ops(person: string, line: string): Promise<string> {
  const [name = '', ...rest] = line.split(' ');
  const call = { name, args: rest.join(' '), place: 'ops', caller: home.callerOf(person) } as const;
  return (await runCommand(call, home.services)).text.replaceAll(/[\u00a0\u202f]/g, ' ');
}
const log = () => home.state.control.alerts;
const raise = () => log().raise({ code: 'disk-low', severity: 'warning', key: 'disk', facts: { freeBytes: 4e9 } });
const rows = () => home.state.control.audit.recent(9).map(({ action, target, outcome }) => [action, target, outcome]);

test('one alert is shown in full, with what can be done about it', async () => {
  raise();
  raise();
  for (const reference of ['A1', 'a1', '1']) {
    const shown = await ops(ADA, `alerts ${reference}`);
    expect(shown).toMatch(
      /^\*\*A1\*\*, \*\*warning\*\*: The disk is filling up: 4 GB are left\. Please make room soon\./,
    );
    expect(shown).toMatch(/reported 2 times/);
    expect(shown).toContain('- it goes on\n- not delivered to this room yet');
    expect(shown).toContain('`!alerts ack A1` says that you have taken note, `!alerts snooze A1 2 h` puts it off.');
  }
  log().clear('disk');
  const over = await ops(ADA, 'alerts A1');
  expect(over).toMatch(/- over since .*, after /);
  expect(over).not.toMatch(/ack|goes on/);
});

test('taking note is seen, audited, and only of what goes on', async () => {
  raise();
  expect(await ops(ADA, 'alerts ack A1')).toMatch(/^Noted: I remind nobody of A1/);
  expect(log().find(1)?.acknowledgedAt).not.toBeNull();
  expect(await ops(ADA, 'alerts A1')).toMatch(/- you took note /);
  log().clear('disk');
  expect(await ops(ADA, 'warnungen gesehen A1')).toMatch(/^A1 does not go on any more/);
  expect(rows()).toEqual([
    ['command.alerts-ack', 'A1', 'refused'],
    ['command.alerts-ack', 'A1', 'done'],
  ]);
});

test('the list shows all that is open first, who took note of it and until when it is put off, then what is over', async () => {
  const { audit, alerts } = home.state.control;
  for (const key of ['one', 'two', 'three'])
    alerts.raise({ code: 'disk-low', severity: 'warning', key, facts: { freeBytes: 4e9 } });
  for (let more = 0; more < 12; more++)
    alerts.raise({ code: 'stranger-invite', severity: 'info', facts: { count: 1 } });
  await ops(ADA, 'alerts ack A1');
  await ops(ADA, 'alerts snooze A2 2 h');
  alerts.clear('three');
  const lines = (await ops(ADA, 'alerts')).split('\n');
  expect(lines[0]).toBe('**Open: 2 alerts**');
  expect(lines[2]).toMatch(/^- .*, A2, \*\*warning\*\* \(put off until .*2027, \d\d:\d\d\): The disk/);
  expect(lines[3]).toMatch(/^- .*, A1, \*\*warning\*\* \(you took note .*2027, \d\d:\d\d\): The disk/);
  expect(lines[5]).toBe('**Lately**');
  expect(lines).toHaveLength(17);
  expect(await ops(ADA, 'alerts A3')).toMatch(/- over since /);
  // Another admin took note as well, by another way.
  audit.append({ at: 1, actor: CEM, action: 'command.alerts-ack', target: 'A1', outcome: 'done' });
  expect(await ops(ADA, 'alerts A1')).toContain('- `@cem:home.test` took note ');
  alerts.clear('one');
  alerts.clear('two');
  expect((await ops(ADA, 'alerts')).split('\n')[0]).toBe('**No alert is open.**');
});

test('putting off says until when', async () => {
  raise();
  expect(await ops(ADA, 'alerts snooze A1 3 days')).toMatch(/^I keep quiet about A1 until /);
  expect(log().find(1)?.snoozedUntil).toBe(home.services.clock() + 72 * HOUR);
  expect(await ops(ADA, 'alerts A1')).toMatch(/- put off until /);
});

test('what is no alert or no time is said, changes nothing, and leaves no word of it in the trail', async () => {
  raise();
  for (const line of ['alerts A9', 'alerts ack secretword', 'alerts snooze A1 secretword', 'alerts snooze A9 2 h'])
    await expect(ops(ADA, line), line).rejects.toThrow(AppError);
  expect(await ops(ADA, 'alerts snooze A1')).toMatch(/alerts snooze/);
  expect(log().find(1)).toMatchObject({ snoozedUntil: null, acknowledgedAt: null });
  expect(JSON.stringify(rows())).not.toContain('secretword');
});

test('members may not', async () => {
  raise();
  await ops(CEM, 'alerts ack A1');
  await ops(CEM, 'alerts snooze A1 2 h');
  expect(log().find(1)).toMatchObject({ snoozedUntil: null, acknowledgedAt: null });
});

describe('a length of time', () => {
  test.each([
    ['30 min', 30 * MINUTE],
    ['2h', 2 * HOUR],
    ['1 Stunde', HOUR],
    ['3 Tage', 72 * HOUR],
    ['eine Woche', 168 * HOUR],
    ['an hour', HOUR],
    ['90 days', 90 * 24 * HOUR],
  ])('%s', (text, ms) => expect(timeNamed(text)).toBe(ms));

  test.each(['', '0 min', '91 days', '5', 'tomorrow', '2 h 30', '-1 h', '1.5 h', '3 moons'])('"%s" is none', (text) =>
    expect(timeNamed(text)).toBeUndefined());
});
