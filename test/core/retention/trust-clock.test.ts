import { afterEach, beforeEach, expect, it } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { DAY_MS } from '../../../core/retention/age.ts';
import { trustClock } from '../../../core/retention/trust-clock.ts';
import { NOW, openTestState, temporaryFolder } from '../sqlite/temporary-state.ts';

const HOUR_MS = 3_600_000;
let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
beforeEach(async () => {
  place = temporaryFolder();
  state = await openTestState(place.stateDir);
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

const trusts = (now: number) => trustClock(state.control, now);
const open = () => state.control.alerts.recent(9).filter(({ clearedAt }) => clearedAt === null);

it('goes on with a clock that goes on, also over a night', () => {
  for (const hours of [0, 1, 2, 26, 74]) expect(trusts(NOW + hours * HOUR_MS)).toBe(true);
  expect(open()).toEqual([]);
});

it.each([
  400, -400,
])('does not believe a clock that is %i days off, tells the admins once, and is glad of the right one', (days) => {
  trusts(NOW);
  for (const hours of [1, 2, 3]) expect(trusts(NOW + days * DAY_MS + hours * HOUR_MS)).toBe(false);
  expect(open()).toMatchObject([{ code: 'clock-jumped', facts: { days }, repeats: 0 }]);
  expect(trusts(NOW + 4 * HOUR_MS)).toBe(true);
  expect(open()).toEqual([]);
  // It was no time that counts.
  expect(trusts(NOW + days * DAY_MS + 5 * HOUR_MS)).toBe(false);
});

it('believes a new time after a day of running, not by a second jump and not by a machine that was off', () => {
  trusts(NOW);
  const back = NOW + 30 * DAY_MS;
  for (let hour = 0; hour < 24; hour++) expect(trusts(back + hour * HOUR_MS), String(hour)).toBe(false);
  expect(trusts(back + 24 * HOUR_MS)).toBe(true);
  expect(open()).toEqual([]);
  const later = NOW + 90 * DAY_MS;
  expect(trusts(later)).toBe(false);
  expect(trusts(later + 1.5 * DAY_MS)).toBe(false);
  expect(trusts(later + 60 * DAY_MS)).toBe(false);
  expect(trusts(later + 61.5 * DAY_MS)).toBe(false);
});

it('measures a household from before by the last sweep that it recorded', () => {
  const id = state.control.jobs.start('retention', 'schedule', NOW);
  state.control.jobs.finish(id, { at: NOW, outcome: 'ok', figures: {} });
  expect(trusts(NOW + 400 * DAY_MS)).toBe(false);
  expect(trusts(NOW + HOUR_MS)).toBe(true);
});
