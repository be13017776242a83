import { afterEach, beforeEach, expect, test } from 'vitest';
import { answerInvites } from '../../bot/invites.ts';
import { ADA, BOT, member } from './matrix/sample-events.ts';
import { respond, SmallHomeserver } from './matrix/small-homeserver.ts';
import { type Household, openHousehold } from './people-state.ts';

let home: Household;
let server: SmallHomeserver;

beforeEach(async () => {
  home = await openHousehold();
  server = await SmallHomeserver.start();
});
afterEach(async () => {
  await server.stop();
  home.remove();
});

function invite(room: string, sender: string, more: unknown[] = []): void {
  const events = [member(BOT, 'invite', { sender }), ...more] as never;
  home.inbox.store({ next_batch: `s${room}`, rooms: { invite: { [room]: { invite_state: { events } } } } });
}
function answer(): Promise<boolean> {
  const { people, alerts } = home.state.control;
  return answerInvites({
    own: BOT,
    homeserver: server.client(BOT, 'D'),
    inbox: home.inbox,
    people,
    alerts,
    clock: () => home.clock.now,
  });
}
const asked = () => server.requests.map((line) => line.replace('client/v3/rooms/', ''));

test('a known person’s invite is accepted, once', async () => {
  invite('!chat', ADA);
  expect(await answer()).toBe(true);
  expect(await answer()).toBe(true);
  expect(asked()).toEqual(['POST !chat/join']);
  expect(home.state.control.alerts.recent(9)).toEqual([]);
});

test.each([
  ['a stranger', '@eve:home.test'],
  ['somebody of another server', '@ada:elsewhere.test'],
  ['a removed person', '@ben:home.test'],
  ['nobody', ''],
  ['the bot itself', BOT],
])('the invite of %s is refused unread, and the admin learns that it was', async (_who, inviter) => {
  home.state.control.people.remove('@ben:home.test');
  invite('!trap', inviter, [{ type: 'm.room.name', content: { name: 'free money' }, state_key: '', sender: inviter }]);
  expect(await answer()).toBe(true);
  expect(asked()).toEqual(['POST !trap/leave']);
  const alerts = home.state.control.alerts.recent(9);
  expect(alerts).toMatchObject([{ code: 'stranger-invite', severity: 'info' }]);
  expect(JSON.stringify(alerts)).not.toMatch(/@eve|trap|money|elsewhere/);
  expect(JSON.stringify(home.db.prepare('SELECT * FROM rooms').all())).not.toContain('money');
});

test('a known person whose account lies on another server is refused as well', async () => {
  home.state.control.people.add({ id: '@zoe:elsewhere.test', role: 'member', language: 'en' });
  invite('!far', '@zoe:elsewhere.test');
  await answer();
  expect(asked()).toEqual(['POST !far/leave']);
});

test('an invite whose answer got lost is answered again; one that cannot be answered is dropped', async () => {
  invite('!chat', ADA);
  invite('!gone', ADA);
  let status = 502;
  server.fault = ({ path }, response) => {
    if (path.includes('!gone')) return respond(response, 404, { errcode: 'M_NOT_FOUND' });
    return status === 200 ? undefined : respond(response, status, '');
  };
  expect(await answer()).toBe(false);
  expect(home.inbox.invites.all()).toMatchObject([{ room: '!chat' }]);
  status = 200;
  expect(await answer()).toBe(true);
  expect(home.inbox.invites.all()).toEqual([]);
});
