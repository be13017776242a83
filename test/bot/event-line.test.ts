import { afterEach, beforeEach, expect, test } from 'vitest';
import { EventLine, mayPass } from '../../bot/event-line.ts';
import { HomeserverError } from '../../bot/matrix/homeserver-error.ts';
import { AppError } from '../../core/errors.ts';
import { createLogger } from '../../core/log.ts';
import { answer, text, timeline } from './matrix/sample-events.ts';
import { type Household, openHousehold } from './people-state.ts';

// Events on their way to being handled, on a real inbox.

let home: Household;
let bot: AbortController;
let line: EventLine;
/** Every beginning, in order, and what each event's beginning does. */
let begun: string[];
let begin: (event: string) => void | Promise<void>;
let token = 0;

beforeEach(async () => {
  home = await openHousehold();
  home.inbox.store(answer('s0', {}));
  bot = new AbortController();
  begun = [];
  begin = () => {};
  const parts = {
    inbox: home.inbox,
    begin: async ({ event }: { event: { event_id: string } }) => {
      begun.push(event.event_id);
      await begin(event.event_id);
    },
    clock: () => home.clock.now,
    log: createLogger({ name: 'test', level: 'silent' }),
  };
  line = new EventLine(parts, bot.signal);
});
afterEach(() => home.remove());

function arrive(...events: string[]): void {
  token += 1;
  const batch = { '!chat': timeline(events.map((event) => text(event))) };
  home.inbox.store(answer(`s${token}`, batch));
  for (let next = home.inbox.crypto.next(); next; next = home.inbox.crypto.next())
    home.inbox.crypto.markFed(next.batch);
}
const later = async (milliseconds: number) => {
  home.clock.now += milliseconds;
  await line.pump();
};
const refused = (changes: Partial<{ status: number; errcode: string; retryAfterMs: number }>) =>
  new HomeserverError('no', { status: 500, errcode: '', retryAfterMs: 0, ...changes });

test('each event is begun once, and handled when it is finished', async () => {
  arrive('$1', '$2');
  await line.pump();
  await line.pump();
  expect([begun, line.isInFlight('$1')]).toEqual([['$1', '$2'], true]);
  line.finish('$1');
  await line.pump();
  expect([begun.length, line.isInFlight('$1'), home.inbox.isDone('$1'), home.inbox.counts().open]).toEqual([
    2,
    false,
    true,
    1,
  ]);
});

test('what comes while the line is looked through is begun as well', async () => {
  begin = (event) => {
    if (event !== '$1') return;
    arrive('$2');
    void line.pump();
  };
  arrive('$1');
  await line.pump();
  expect(begun).toEqual(['$1', '$2']);
});

test('a bot that is stopping begins nothing more, and puts nothing aside', async () => {
  begin = () => bot.abort();
  arrive('$1', '$2');
  await line.pump();
  expect(begun).toEqual(['$1']);
  line.postpone('$1', refused({}));
  expect([line.hasRetries, home.inbox.counts().open]).toEqual([false, 2]);
});

test('what failed is tried again after a pause, and not before the homeserver wants it', async () => {
  let fault: Error | undefined = refused({ status: 429, retryAfterMs: 60_000 });
  begin = () => {
    if (fault) throw fault;
  };
  arrive('$1');
  await line.pump();
  expect(line.hasRetries).toBe(true);
  await later(59_999);
  expect(begun).toHaveLength(1);
  fault = refused({});
  await later(1);
  expect(begun).toHaveLength(2);
  await later(2999);
  expect(begun).toHaveLength(2);
  fault = undefined;
  await later(1);
  expect([begun.length, line.hasRetries, line.isInFlight('$1')]).toEqual([3, false, true]);
});

test('an event that fails by itself is given up after three tries; what may pass is tried for as long as it takes', async () => {
  let fault: Error = refused({});
  begin = () => {
    throw fault;
  };
  arrive('$1');
  await line.pump();
  for (let round = 0; round < 5; round++) await later(3000);
  expect([begun.length, home.inbox.isDone('$1')]).toEqual([6, false]);
  fault = new Error('somebody made it so');
  await later(3000);
  await later(3000);
  expect(home.inbox.isDone('$1')).toBe(false);
  await later(3000);
  expect([begun.length, home.inbox.isDone('$1'), line.hasRetries, line.isInFlight('$1')]).toEqual([
    9,
    true,
    false,
    false,
  ]);
});

test('an event is ended early for itself, and all of them with the bot', async () => {
  arrive('$1', '$2');
  await line.pump();
  const [first, second] = [line.signalOf('$1'), line.signalOf('$2')];
  const reason = new Error('taken back');
  expect([line.cancel('$1', reason), line.cancel('$9')]).toEqual([true, false]);
  expect([first.reason, second.aborted]).toEqual([reason, false]);
  bot.abort();
  expect(second.aborted).toBe(true);
});

test('an event that waits for its key is nobody’s work until it comes', async () => {
  arrive('$1');
  await line.pump();
  line.wait('$1');
  await line.pump();
  expect([begun, line.isInFlight('$1'), home.inbox.counts().waiting]).toEqual([['$1'], false, 1]);
  home.inbox.retry('$1');
  await line.pump();
  expect(begun).toEqual(['$1', '$1']);
});

test.each([
  [refused({ status: 0 }), true],
  [refused({ status: 502 }), true],
  [refused({ status: 403, errcode: 'M_FORBIDDEN' }), false],
  [new AppError('unavailable', 'full', { reason: 'disk-full' }), true],
  [new AppError('unavailable', 'busy', { reason: 'store-busy' }), true],
  [new AppError('unavailable', 'leaving', { reason: 'answer-leaving' }), true],
  [new AppError('unavailable', 'model', { reason: 'busy' }), false],
  [new Error('disk-full'), false],
])('%s may pass: %s', (error, may) => expect(mayPass(error)).toBe(may));
