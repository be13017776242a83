import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Housekeeping } from '../../bot/housekeeping.ts';
import type { InboxEvent } from '../../bot/matrix/inbox.ts';
import { answer, text, timeline } from './matrix/sample-events.ts';
import { type Household, openHousehold } from './people-state.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
let home: Household;
let keeping: Housekeeping;
let told: string[];
let woken: number;
let isTrusted = true;
let swept: number[];

beforeEach(async () => {
  home = await openHousehold();
  told = [];
  woken = 0;
  swept = [];
  keeping = make();
});
afterEach(() => home.remove());

function make(): Housekeeping {
  const { inbox, outbox, state, clock } = home;
  const { people, alerts, heartbeats } = state.control;
  const figures = {
    version: '1',
    startedAt: 1,
    memoryBytes: 2,
    documents: 3,
    passages: 4,
    filesWaiting: 0,
    questionsWaiting: 0,
    repliesWaiting: 0,
    undecryptable: 0,
    ...{ workSeconds: 0, replySeconds: 0, oneTimeKeys: 50, deviceSigned: 1 },
  };
  const tellWaiting = ({ event }: InboxEvent) => {
    told.push(event.event_id);
    inbox.markTold(event.event_id);
  };
  return new Housekeeping({
    inbox,
    outbox,
    people,
    alerts,
    heartbeats,
    tellAlerts: () => {},
    figures: () => figures,
    tellWaiting,
    trustsClock: () => isTrusted,
    sweep: (now) => void swept.push(now),
    endWhatIsOver: () => {},
    idsKeptMs: 30 * DAY,
    clock: () => clock.now,
    wake: () => {
      woken += 1;
    },
  });
}
function waiting(room: string, ...ids: string[]): void {
  const { inbox } = home;
  if (!inbox.token()) inbox.store(answer('s0', {}));
  inbox.store(answer(`s${ids.join()}`, { [room]: timeline(ids.map((id) => text(id))) }));
  for (let batch = inbox.crypto.next(); batch; batch = inbox.crypto.next()) inbox.crypto.markFed(batch.batch);
  for (const id of ids) inbox.markWaiting(id);
}
/** As the dispatcher does when the key is still missing. */
function stillLocked(): void {
  for (const { event } of home.inbox.open(100)) home.inbox.markWaiting(event.event_id);
}
function pass(ms: number, step = 1000): void {
  for (let gone = 0; gone < ms; gone += step) {
    home.clock.now += step;
    keeping.tick();
    stillLocked();
  }
}
const alerts = () =>
  home.state.control.alerts.recent(9).map(({ code, facts, clearedAt }) => ({ code, facts, open: clearedAt === null }));

describe('a message without its key', () => {
  test('is told about after a minute, once in each room, once for ever', () => {
    waiting('!a', '$a1', '$a2');
    waiting('!b', '$b1');
    pass(59_000);
    expect(told).toEqual([]);
    pass(5000);
    expect(told.sort()).toEqual(['$a1', '$b1']);
    pass(10 * MINUTE);
    keeping = make();
    pass(10 * MINUTE);
    expect(told).toHaveLength(2);
    expect(alerts()).toEqual([{ code: 'undecryptable', facts: { count: 3 }, open: true }]);
  });

  test('is tried again every half minute, and the alert ends when none waits any more', () => {
    waiting('!a', '$a1');
    keeping.tick();
    expect(home.inbox.counts()).toMatchObject({ open: 0, waiting: 1 });
    expect(home.inbox.open(9)).toHaveLength(1);
    stillLocked();
    const before = woken;
    pass(3 * MINUTE);
    expect(woken - before).toBeGreaterThanOrEqual(6);
    expect(woken - before).toBeLessThanOrEqual(8);
    expect(alerts()[0]!.open).toBe(true);
    home.inbox.finish('$a1');
    pass(2000);
    expect(alerts()[0]!.open).toBe(false);
  });

  test('that is just being tried again does not end the alert', () => {
    waiting('!a', '$a1');
    pass(2 * MINUTE);
    home.inbox.retry('$a1');
    home.clock.now += 1000;
    keeping.tick();
    expect(alerts()[0]!.open).toBe(true);
  });

  test('is given up after a week', () => {
    waiting('!a', '$a1');
    pass(7 * DAY, 30 * MINUTE);
    expect(home.inbox.isDone('$a1')).toBe(false);
    pass(60 * MINUTE, 30 * MINUTE);
    expect(home.inbox.isDone('$a1')).toBe(true);
    expect(told).toEqual(['$a1']);
  });
});

test('ops that fell silent is told once, and its return; one that never ran is not missed, nor one that starts beside the bot', () => {
  const { heartbeats } = home.state.control;
  pass(20 * MINUTE);
  expect(alerts()).toEqual([]);
  heartbeats.beat({ process: 'ops', at: home.clock.now, figures: {} });
  pass(4 * MINUTE);
  expect(alerts()).toEqual([]);
  pass(2 * MINUTE);
  expect(alerts()).toMatchObject([{ code: 'ops-silent', open: true }]);
  heartbeats.beat({ process: 'ops', at: home.clock.now, figures: {} });
  pass(30_000);
  expect(alerts()).toMatchObject([{ code: 'ops-silent', open: false }]);
  home.clock.now += DAY;
  keeping = make();
  pass(MINUTE);
  expect(alerts()).toHaveLength(1);
});

test('the heart beats every 15 seconds', () => {
  const beat = () => home.state.control.heartbeats.of('bot');
  keeping.tick();
  const first = beat()!;
  expect(first).toMatchObject({ at: home.clock.now, figures: { documents: 3, passages: 4 } });
  pass(14_000);
  expect(beat()!.at).toBe(first.at);
  pass(1000);
  expect(beat()!.at).toBe(first.at + 15_000);
});

test('what was kept long enough is looked for at once and then every hour', () => {
  const start = home.clock.now;
  pass(3 * 60 * MINUTE, MINUTE);
  expect(swept.map((at) => Math.floor((at - start) / (60 * MINUTE)))).toEqual([0, 1, 2]);
});

test('handled ids and sent rows are forgotten after a month, not before', () => {
  waiting('!a', ...Array.from({ length: 600 }, (_, at) => `$${at}`));
  for (const { event } of home.inbox.waiting()) home.inbox.finish(event.event_id);
  home.outbox.add({
    transaction: 't',
    room: '!a',
    audience: { kind: 'room' },
    type: 'm.room.message',
    content: {},
    source: '$1',
  });
  home.outbox.confirm('t', '$sent');
  home.clock.now += 29 * DAY;
  keeping.tick();
  expect([home.inbox.knows('$0'), home.outbox.find('t') !== undefined]).toEqual([true, true]);
  home.clock.now += 2 * DAY;
  keeping.tick();
  expect([home.inbox.knows('$0'), home.inbox.knows('$599'), home.outbox.find('t')]).toEqual([false, true, undefined]);
});

test('removes nothing while the clock is not trusted, and goes on when it was set back', () => {
  const beats = () => home.state.control.heartbeats.of('bot')?.at;
  const right = home.clock.now;
  home.clock.now = right + 400 * DAY;
  isTrusted = false;
  keeping.tick();
  expect(swept).toEqual([]);
  home.clock.now = right + 2 * MINUTE;
  isTrusted = true;
  keeping.tick();
  expect(swept).toEqual([right + 2 * MINUTE]);
  expect(beats()).toBe(right + 2 * MINUTE);
});
