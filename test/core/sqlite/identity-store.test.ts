import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OpenState } from '../../../core/control.ts';
import { confirmIdentity, fingerprintOf, seeIdentity } from '../../../core/identities.ts';
import { openTestState, temporaryFolder } from './temporary-state.ts';

const BEN = '@ben:home.test';
let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
const open = () => openTestState(place.stateDir);
const alerts = () => state.control.alerts.undelivered().map(({ code }) => code);
const see = (key: string, person = BEN) => seeIdentity(state.control, person, key);

beforeEach(async () => {
  place = temporaryFolder();
  state = await open();
  state.control.people.seed([{ id: BEN, role: 'member', language: 'en' }]);
});
afterEach(() => {
  state[Symbol.dispose]();
  place.remove();
});

test('the first identity is kept, over a restart; another one waits, and is told once', async () => {
  expect([see('one'), see('one')]).toEqual([false, false]);
  state[Symbol.dispose]();
  state = await open();
  expect([see('one'), see('two'), see('two'), see('three')]).toEqual([false, true, true, true]);
  expect(alerts()).toEqual(['identity-changed']);
  expect(state.control.identities.waiting(BEN)).toBe('three');
  expect(state.control.people.list()).toMatchObject([{ id: BEN, identityChanged: true }]);
});

test('only the identity that waits is confirmed; then it is the known one, and the earlier one is not', () => {
  see('one');
  expect(confirmIdentity(state.control, BEN, 'one')).toBe(false);
  see('two');
  expect(confirmIdentity(state.control, BEN, 'three')).toBe(false);
  expect(confirmIdentity(state.control, BEN, 'two')).toBe(true);
  expect([see('two'), state.control.people.find(BEN)?.identityChanged]).toEqual([false, false]);
  expect(see('one')).toBe(true);
  expect(alerts()).toEqual(['identity-changed', 'identity-changed']);
});

test('the known one, shown again, needs no word of an admin; the next change is news', () => {
  for (const key of ['one', 'two', 'one']) see(key);
  expect(state.control.identities.waiting(BEN)).toBeUndefined();
  see('two');
  expect(alerts()).toHaveLength(2);
});

test('nothing is kept of strangers, and people who were removed for a while keep theirs', () => {
  expect([see('x', '@eve:home.test'), see('y', '@eve:home.test')]).toEqual([false, false]);
  see('one');
  state.control.people.remove(BEN);
  expect(see('two')).toBe(true);
});

test('a fingerprint is the beginning of the key in groups', () => {
  expect(fingerprintOf('abcdefghijklmnopqrstuvwxyz0123456789')).toBe('abcd efgh ijkl mnop qrst uvwx');
});
