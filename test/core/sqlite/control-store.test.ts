import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { PersonId } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { deriveKey } from '../../../core/keys/derive.ts';
import { unlockMasterKey } from '../../../core/keys/master-key.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { killChildren, startChild } from './child.ts';
import { NOW, openTestState, PASSPHRASE, temporaryFolder } from './temporary-state.ts';

let place: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let now = NOW;

beforeEach(async () => {
  now = NOW;
  place = temporaryFolder();
  state = await openTestState(place.stateDir, { clock: () => now });
});
afterEach(() => {
  killChildren();
  state[Symbol.dispose]();
  place.remove();
});

const ada = { id: '@ada:home.test', role: 'admin', language: 'en' } as const;
const ben = { id: '@ben:home.test', role: 'member', language: 'de' } as const;

async function controlDb() {
  const masterKey = await unlockMasterKey(join(place.stateDir, 'keys.json'), PASSPHRASE);
  return openEncrypted(join(place.stateDir, 'control.db'), deriveKey(masterKey, 'control.db'));
}

test('people are added with a tenant of their own and found by their id', () => {
  const { people } = state.control;
  expect(people.add(ada)).toBe(true);
  expect(people.add(ben)).toBe(true);
  const found = people.find(ben.id)!;
  expect(found).toMatchObject({ ...ben, addedAt: NOW, greetedAt: null });
  expect(found.tenant).toMatch(/^[0-9a-f]{32}$/);
  expect(people.list().map((person) => person.id)).toEqual([ada.id, ben.id]);
  expect(new Set(people.list().map((person) => person.tenant)).size).toBe(2);
  expect(people.find('@eve:home.test')).toBeUndefined();
});

test('a caller is made for known people only', () => {
  const { people } = state.control;
  people.add(ben);
  expect(people.callerFor(ben.id)).toMatchObject({ person: ben.id, role: 'member', language: 'de' });
  expect(people.callerFor('@BEN:home.test')).toBeUndefined();
  expect(people.callerFor("' OR 1=1 --")).toBeUndefined();
});

test('adding a known person changes their role, keeps tenant and language, and is no news', () => {
  const { people } = state.control;
  people.add(ben);
  const before = people.find(ben.id)!;
  expect(people.add({ ...ben, role: 'admin', language: 'en' })).toBe(false);
  expect(people.find(ben.id)).toEqual({ ...before, role: 'admin' });
});

test('a removed person is gone everywhere, is not brought back by the settings, and gets their data back when added', () => {
  const { people } = state.control;
  people.add(ben);
  const before = people.find(ben.id)!;
  expect(people.remove(ben.id)).toBe(true);
  expect(people.remove(ben.id)).toBe(false);
  people.seed([ada, ben]);
  expect(people.find(ben.id)).toBeUndefined();
  expect(people.callerFor(ben.id)).toBeUndefined();
  expect(people.list().map((person) => person.id)).toEqual([ada.id]);
  expect(people.add(ben)).toBe(true);
  expect(people.find(ben.id)?.tenant).toBe(before.tenant);
});

test('settings never change people who are known already', () => {
  const { people } = state.control;
  people.add(ben);
  people.seed([{ ...ben, role: 'admin' }]);
  expect(people.find(ben.id)?.role).toBe('member');
});

test('only whole Matrix user ids become people, and a bad one in the settings adds nobody', () => {
  const { people } = state.control;
  const wrong = ['', 'ben', '@ben', 'ben:home.test', '@:home.test', '@ben:', '@be n:home.test', '@ben:home.test\n'];
  wrong.push(`@${'b'.repeat(250)}:home.test`, '@ben:home.test:x', '@ben:ho me', '@ben:home.test ');
  for (const id of wrong) {
    const refusal = expect.objectContaining({ code: 'invalid', reason: 'person-id' });
    expect(() => people.add({ ...ben, id }), id).toThrow(refusal);
    expect(() => people.seed([ada, { ...ben, id }]), id).toThrow(refusal);
  }
  expect(people.list()).toEqual([]);
  const right = ['@ben:localhost', '@ben=2f_x.y-z/+:home.test:8448', '@BEN:1.2.3.4', '@b:[::1]:8448'];
  for (const id of right) expect(people.add({ ...ben, id }), id).toBe(true);
});

test('a greeting and a language are remembered', () => {
  const { people } = state.control;
  people.add(ben);
  const { id } = people.find(ben.id)!;
  people.markGreeted(id, 5);
  people.setLanguage(id, 'en');
  expect(people.find(ben.id)).toMatchObject({ greetedAt: 5, language: 'en' });
});

test('an alert with a key is one alert while it is open, and news again after it was cleared', () => {
  const { alerts } = state.control;
  alerts.raise({ code: 'disk', severity: 'warning', key: 'disk', facts: { free: 10 } });
  now += 1;
  alerts.raise({ code: 'disk', severity: 'warning', key: 'disk', facts: { free: 5 } });
  const [open] = alerts.undelivered();
  expect(alerts.undelivered()).toHaveLength(1);
  expect(open).toMatchObject({ code: 'disk', repeats: 1, facts: { free: 5 }, raisedAt: NOW, clearedAt: null });
  alerts.markDelivered(open!.id);
  alerts.raise({ code: 'disk', severity: 'warning', key: 'disk' });
  expect(alerts.undelivered()).toEqual([]);
  expect(alerts.clear('disk')).toBe(true);
  expect(alerts.clear('disk')).toBe(false);
  alerts.raise({ code: 'disk', severity: 'warning', key: 'disk' });
  expect(alerts.undelivered()).toHaveLength(1);
  expect(alerts.recent(10).map((alert) => alert.repeats)).toEqual([0, 2]);
  expect(alerts.recent(1)).toHaveLength(1);
});

test('alerts without a key are news every time and come oldest first', () => {
  const { alerts } = state.control;
  for (const code of ['one', 'two', 'two']) alerts.raise({ code, severity: 'info' });
  expect(alerts.undelivered().map((alert) => alert.code)).toEqual(['one', 'two', 'two']);
  expect(alerts.clear('')).toBe(false);
});

test('job runs are recorded, and what a killed process left running is called lost', () => {
  const { jobs } = state.control;
  const first = jobs.start('health', 'schedule', 1);
  jobs.finish(first, { at: 2, outcome: 'failed', reference: 'r1', figures: { checks: 3 } });
  const second = jobs.start('health', 'request', 3);
  expect(jobs.last('health')).toMatchObject({ id: second, outcome: 'running', endedAt: null, figures: {} });
  expect(jobs.markLost(9, [])).toBe(1);
  expect(jobs.markLost(9, [])).toBe(0);
  expect(jobs.recent(10)).toEqual([
    {
      id: second,
      job: 'health',
      cause: 'request',
      dry: false,
      startedAt: 3,
      countsAt: 3,
      endedAt: 9,
      outcome: 'lost',
      reference: null,
      figures: {},
      progress: null,
      cancelAsked: false,
    },
    {
      id: first,
      job: 'health',
      cause: 'schedule',
      dry: false,
      startedAt: 1,
      countsAt: 1,
      endedAt: 2,
      outcome: 'failed',
      reference: 'r1',
      figures: { checks: 3 },
      progress: null,
      cancelAsked: false,
    },
  ]);
});

test('records of runs and requests go by their age once they are settled, and what waits stays', () => {
  const { jobs, requests } = state.control;
  const wish = { person: '@ada:home.test' as PersonId, dry: false, at: 1 };
  const told = requests.ask({ ...wish, source: '$told', job: 'health' });
  const id = requests.start([told.id], 2)!;
  jobs.finish(id, { at: 3, outcome: 'ok' });
  requests.noteTold(told.id);
  requests.ask({ ...wish, source: '$waits', job: 'audit' });
  requests.cancel({ ...wish, source: '$end', job: 'health' });
  jobs.finish(jobs.start('health', 'schedule', 10), { at: 11, outcome: 'ok' });
  expect(jobs.removeBefore(10)).toBe(1);
  expect(requests.untold().map(({ source }) => source)).toEqual(['$waits']);
  expect(requests.ask({ ...wish, source: '$told', job: 'health' }).state).toBe('waiting');
});

test('a request begins in one step with its run, once, and what another process withdrew does not begin', () => {
  const { jobs, requests } = state.control;
  const wish = { person: '@ada:home.test' as PersonId, dry: true, at: 1 };
  const { id } = requests.ask({ ...wish, source: '$one', job: 'health' });
  const run = requests.start([id], 2)!;
  expect(requests.start([id], 3)).toBeUndefined();
  expect(requests.untold()).toMatchObject([{ state: 'started', run: { id: run, dry: true } }]);
  expect(jobs.last('health')).toBeUndefined();
  const { id: other } = requests.ask({ ...wish, source: '$two', job: 'health' });
  expect(requests.cancel({ ...wish, source: '$end', job: 'health' })).toEqual({ withdrawn: 1, running: 1 });
  expect(requests.start([other], 4)).toBeUndefined();
  expect(jobs.toCancel()).toEqual([run]);
  expect(jobs.markLost(5, ['health'])).toBe(0);
  expect(requests.untold()[0]!.run).toMatchObject({ outcome: 'cancelled' });
});

test('facts and heartbeats keep the latest value', () => {
  const { facts, heartbeats } = state.control;
  expect(facts.get('room')).toBeUndefined();
  facts.set('room', '!a');
  facts.set('room', '!b');
  expect(facts.get('room')).toBe('!b');
  facts.delete('room');
  expect(facts.get('room')).toBeUndefined();
  expect(heartbeats.of('bot')).toBeUndefined();
  heartbeats.beat({ process: 'bot', at: 1, figures: { open: 1 } });
  heartbeats.beat({ process: 'bot', at: 2, figures: { open: 2 } });
  expect(heartbeats.of('bot')).toEqual({ process: 'bot', at: 2, figures: { open: 2 } });
  expect(heartbeats.of('ops')).toBeUndefined();
});

test('the audit trail is whole until a row is changed, removed from the middle or cut from the end', async () => {
  const { audit } = state.control;
  expect(audit.verify()).toBe(0);
  for (let at = 1; at <= 521; at++) {
    audit.append({ at, actor: '@ada:home.test', action: 'people.add', target: 'x', outcome: 'done' });
  }
  expect(audit.verify()).toBe(521);
  expect(audit.recent(2).map((entry) => entry.at)).toEqual([521, 520]);
  const db = await controlDb();
  db.exec('DROP TRIGGER audit_no_update; DROP TRIGGER audit_no_delete');
  const broken = (row: number) => expect.objectContaining({ code: 'internal', reason: 'audit-broken', facts: { row } });
  db.exec(`UPDATE audit SET outcome = 'refused' WHERE id = 510`);
  expect(() => audit.verify()).toThrow(broken(510));
  db.exec(`UPDATE audit SET outcome = 'done' WHERE id = 510; DELETE FROM audit WHERE id = 521`);
  expect(() => audit.verify()).toThrow(broken(521));
  db.exec('DELETE FROM audit WHERE id = 500');
  expect(() => audit.verify()).toThrow(broken(500));
  db.close();
});

test('bot and ops write to control.db at once: nothing is lost and the audit chain stays whole', async () => {
  const children = ['bot', 'ops'].map((name) => startChild('control-writer', [place.stateDir, name, '40']));
  for (const child of children) expect(await child.nextLine()).toBe('open');
  for (const child of children) expect(await child.ended()).toBe(0);
  const { alerts, audit, facts, heartbeats, jobs } = state.control;
  expect(audit.verify()).toBe(80);
  expect(alerts.recent(10)).toMatchObject([{ repeats: 79 }]);
  expect(jobs.recent(1_000).filter((run) => run.outcome === 'ok')).toHaveLength(80);
  expect(heartbeats.of('bot')).toMatchObject({ at: 39 });
  expect(heartbeats.of('ops')).toMatchObject({ at: 39 });
  for (const name of ['bot', 'ops'])
    for (let round = 0; round < 40; round++) expect(facts.get(`${name}-${round}`)).toBe('here');
}, 60_000);
