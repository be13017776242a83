import { afterEach, beforeEach, expect, test } from 'vitest';
import { auditStart } from '../../bot/audit-start.ts';
import { type Household, openHousehold } from './people-state.ts';

let home: Household;
beforeEach(async () => {
  home = await openHousehold();
});
afterEach(() => home.remove());

const rows = () =>
  home.state.control.audit
    .recent(20)
    .reverse()
    .map(({ actor, action, target }) => [actor, action, target]);

test('a start notes how it was unlocked, whom the settings let in, and which settings changed, never their values', () => {
  const { control } = home.state;
  const settings = { log: 'info', people: ['@ada:home.test'], jobs: { health: '1 * * * *' } };
  auditStart(control, { at: 1, wasSealed: true, before: [], settings });
  expect(rows()).toEqual([
    ['system', 'bot.started-sealed', '-'],
    ['system', 'people.seeded', '@ada:home.test'],
    ['system', 'people.seeded', '@ben:home.test'],
  ]);
  const before = control.people.list();
  auditStart(control, { at: 2, wasSealed: false, before, settings });
  expect(rows().slice(3)).toEqual([['system', 'bot.started', '-']]);
  auditStart(control, {
    at: 3,
    wasSealed: false,
    before,
    settings: { log: 'debug', jobs: { health: 'never-said' }, api: 1 },
  });
  expect(rows().slice(4)).toEqual([
    ['system', 'bot.started', '-'],
    ['system', 'settings.changed', 'api,jobs.health,log,people'],
  ]);
  expect(JSON.stringify(control.audit.recent(20))).not.toContain('never-said');
});
