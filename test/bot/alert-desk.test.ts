import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { AlertDesk, alertToldBy } from '../../bot/alert-desk.ts';
import { type Household, openHousehold, queued } from './people-state.ts';

const HOUR = 3_600_000;
const OPS = '!ops';
let home: Household;
let desk: AlertDesk;
let opsRoom: string | undefined;

beforeEach(async () => {
  home = await openHousehold();
  opsRoom = OPS;
  desk = make();
});
afterEach(() => home.remove());

const make = () => {
  const { outbox, state, clock } = home;
  const { alerts, people } = state.control;
  return new AlertDesk({ alerts, people, outbox, opsRoom: () => opsRoom, clock: () => clock.now, wake: () => {} });
};
const log = () => home.state.control.alerts;
const bodies = () => queued(home).map(({ body }) => body.replaceAll(/[\u00a0\u202f]/g, ' '));
const full = (freeBytes = 4e9) =>
  log().raise({ code: 'disk-low', severity: 'warning', key: 'disk-low', facts: { freeBytes } });

/** The homeserver takes everything that waits. Returns what it was. */
function arrives(): string[] {
  const sent = bodies();
  for (const { id } of home.db.prepare("SELECT id FROM outbox WHERE state = 'pending'").all() as { id: number }[])
    home.outbox.markSent(id, `$sent${id}`);
  return sent;
}
/** The desk looks, what it says arrives, and so on until it has nothing more to say. */
function told(): string[] {
  const sent: string[] = [];
  for (let quiet = 0; quiet < 2; quiet++) {
    desk.tick();
    const news = arrives();
    if (news.length > 0) quiet = -1;
    sent.push(...news);
  }
  return sent;
}

test('an alert waits until there is an ops room, says what is the matter, what to do and its reference, once', () => {
  opsRoom = undefined;
  full();
  desk.tick();
  expect(bodies()).toEqual([]);
  opsRoom = OPS;
  desk.tick();
  desk.tick();
  expect(queued(home)).toMatchObject([{ room: OPS, audience: { kind: 'ops' } }]);
  expect(told()).toEqual(['warning (A1): The disk is filling up: 4 GB are left. Please make room soon.']);
  expect(told()).toEqual([]);
});

test('it is told in the first admin’s language, also when that changed while it waited', () => {
  const { people } = home.state.control;
  const first = people.list().find(({ role }) => role === 'admin')!;
  full();
  desk.tick();
  people.setLanguage(first.id, 'de');
  expect(told()).toEqual(['Warnung (A1): Der Speicherplatz geht zur Neige: 4 GB sind übrig. Schaff bitte bald Platz.']);
  log().clear('disk-low');
  expect(told()).toEqual([expect.stringMatching(/^A1 ist nach .* vorbei\. Es war: Der Speicherplatz geht zur Neige/)]);
  people.setLanguage(first.id, 'en');
  full();
  expect(told()).toEqual([expect.stringMatching(/^warning \(A2\): The disk is filling up/)]);
});

test('it counts as delivered when the homeserver has it, not before, and says the newest until then', () => {
  full();
  desk.tick();
  full(2e9);
  desk.tick();
  expect(log().undelivered()).toMatchObject([{ id: 1 }]);
  expect(bodies()).toEqual([expect.stringContaining('2 GB are left. Please make room soon. It was reported 2 times.')]);
  arrives();
  desk.tick();
  expect(log().undelivered()).toEqual([]);
});

test('what was raised while the bot was down is delivered when it is up again, and so is the end', async () => {
  full();
  await home.reopen();
  home.clock.now += 2 * HOUR;
  log().clear('disk-low');
  await home.reopen();
  desk = make();
  expect(told()).toEqual([
    expect.stringMatching(/^warning \(A1\): The disk is filling up/),
    'A1 is over after 2 hrs. It was: The disk is filling up: 4 GB are left.',
  ]);
});

test('a crash between queueing and noting makes no second message', async () => {
  full();
  desk.tick();
  arrives();
  await home.reopen();
  desk = make();
  expect(told()).toEqual([]);
  expect(log().undelivered()).toEqual([]);
  log().clear('disk-low');
  const { markTold } = log();
  log().markTold = () => {
    throw new Error('killed');
  };
  expect(() => desk.tick()).toThrow('killed');
  log().markTold = markTold;
  await home.reopen();
  desk = make();
  expect(told()).toEqual([expect.stringMatching(/^A1 is over/)]);
});

test('one that was given up with its room is told in the next', () => {
  full();
  desk.tick();
  home.outbox.drop(1);
  opsRoom = '!next';
  desk.tick();
  expect(queued(home)).toMatchObject([{ room: '!next' }]);
  expect(told()).toHaveLength(1);
  expect(log().undelivered()).toEqual([]);
});

describe('words for', () => {
  test('what keeps coming and going, once, and for its end after an hour of quiet', () => {
    for (let time = 0; time < 3; time++) {
      full();
      told();
      home.clock.now += 60_000;
      log().clear('disk-low');
      told();
      home.clock.now += 60_000;
    }
    full();
    expect(told()).toEqual([expect.stringMatching(/^A3 keeps coming and going\. I say no more of it until/)]);
    log().clear('disk-low');
    full();
    log().clear('disk-low');
    expect(told()).toEqual([]);
    home.clock.now += HOUR;
    expect(told()).toEqual([expect.stringMatching(/^A3 is over after/)]);
  });

  test('a reminder, which says how to take note, and for what was put off and goes on', () => {
    log().raise({ code: 'bot-silent', severity: 'critical', key: 'bot-silent', facts: { seconds: 400 } });
    told();
    home.clock.now += 24 * HOUR;
    expect(told()).toEqual([
      expect.stringMatching(/^urgent \(A1\) for 1 day now.*!alerts ack A1 says that you have\.$/),
    ]);
    log().snooze(1, home.clock.now + HOUR);
    home.clock.now += HOUR;
    expect(told()).toEqual([
      expect.stringMatching(/^urgent \(A1\), which was put off, goes on: The bot has been silent/),
    ]);
  });
});

test('its message is known by its event, for reactions', () => {
  full();
  told();
  expect(alertToldBy(home.outbox, OPS, '$sent1')).toBe('A1');
  expect(alertToldBy(home.outbox, '!elsewhere', '$sent1')).toBeUndefined();
  expect(alertToldBy(home.outbox, OPS, '$other')).toBeUndefined();
});
