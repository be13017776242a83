import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Lane } from '../../bot/lane.ts';
import type { Homeserver } from '../../bot/matrix/homeserver.ts';
import { HomeserverError } from '../../bot/matrix/homeserver-error.ts';
import { STOPPED } from '../../bot/question-desk.ts';
import type { Task } from '../../bot/task.ts';
import { TaskLine } from '../../bot/task-line.ts';
import { say } from '../../bot/wording/say.ts';
import { AppError } from '../../core/errors.ts';
import { createLogger } from '../../core/log.ts';
import { text } from './matrix/sample-events.ts';
import { type Household, openHousehold } from './people-state.ts';

// What becomes of a task: its words, its end without any, or another try.

let home: Household;
let bot: AbortController;
let tasks: TaskLine;
let lane: Lane;
let logged: string[];
/** What happened to the event, in order, and how often the sending loop was woken. */
let ends: string[];
let said: string[];
let woken: number;
/** What keeping the last words fails with. */
let storeFault: Error | undefined;

beforeEach(async () => {
  home = await openHousehold();
  bot = new AbortController();
  lane = new Lane(1);
  [logged, ends, said, woken, storeFault] = [[], [], [], 0, undefined];
  const finish = (_event: string, queue?: (outbox: typeof home.outbox) => void) => {
    if (queue && storeFault) throw storeFault;
    queue?.(home.outbox);
    ends.push('finished');
  };
  const parts = {
    line: { finish, postpone: () => ends.push('postponed') },
    homeserver: { markRead: () => Promise.reject(new Error('no receipts today')) } as unknown as Homeserver,
    alerts: home.state.control.alerts,
    log: createLogger({
      name: 'test',
      level: 'debug',
      destination: { write: (line: string) => void logged.push(line) },
    }),
    wake: () => {
      woken += 1;
    },
  };
  tasks = new TaskLine(parts, bot.signal);
});
afterEach(() => home.remove());

/** Runs a task that ends like this, in a lane. */
async function run(
  work: () => void,
  changes: Partial<Task> = {},
  content: Record<string, unknown> = {},
): Promise<void> {
  const caller = home.state.control.people.callerFor('@ada:home.test')!;
  const opened = {
    event: text('$1'),
    room: '!chat',
    type: 'm.room.message',
    content,
    wasEncrypted: true,
    shield: 'ok',
  };
  const reply = { isShown: false, finish: (_outbox: unknown, words: string) => void said.push(words) };
  const signal = new AbortController().signal;
  const task = { opened, caller, language: 'en', reply, late: false, signal, ...changes } as unknown as Task;
  tasks.run(lane, task, async () => work());
  await lane.drained();
}
const fails = (error: Error) => () => {
  throw error;
};
const busy = new AppError('unavailable', 'the model is busy', { reason: 'busy' });

test('the sending loop is woken by each task that ends, also by one that fails', async () => {
  await run(() => {});
  await run(fails(busy));
  await run(fails(new HomeserverError('later', { status: 502, errcode: '', retryAfterMs: 0 })));
  expect(woken).toBe(3);
});

test('a failure is told in words, of a file with its name, and one inside by a reference that the log holds', async () => {
  await run(fails(busy));
  await run(fails(busy), {}, { msgtype: 'm.file', body: 'rent.pdf' });
  await run(fails(new Error('secret words')));
  await run(fails(new AppError('internal', 'secret words')));
  const [plain, file, ...inside] = said;
  expect(plain).toBe(say('en', 'error.busy'));
  expect(file).toBe(`${say('en', 'trouble.with-file', { name: 'rent.pdf' })} ${say('en', 'error.busy')}`);
  for (const words of inside) {
    expect(words).not.toContain('secret');
    expect(logged.join()).toContain(/reference: \W*(\w+)/i.exec(words)![1]);
  }
  expect([inside.length, ends]).toEqual([2, Array(4).fill('finished')]);
});

test('what may pass is tried again, and so is what could not be kept', async () => {
  await run(fails(new AppError('unavailable', 'full', { reason: 'disk-full' })));
  storeFault = new AppError('unavailable', 'full', { reason: 'disk-full' });
  await run(fails(busy));
  expect([ends, said]).toEqual([['postponed', 'postponed'], []]);
});

test('a part of an answer that may pass is no words either, nor one that a stop broke off', () => {
  const full = new AppError('unavailable', 'full', { reason: 'disk-full' });
  expect(() => tasks.wordsFor('en', full)).toThrow(full);
  expect(tasks.wordsFor('en', busy)).toBe(say('en', 'error.busy'));
  bot.abort();
  expect(() => tasks.wordsFor('en', busy)).toThrow(busy);
});

test('a bot that is stopping says nothing of what it broke off, and leaves it open', async () => {
  const stopping = () => {
    bot.abort();
    throw busy;
  };
  await run(stopping, { signal: bot.signal });
  expect([ends, said]).toEqual([[], []]);
});

test('what its person took back ends without a word; what they stopped says so where something was shown', async () => {
  const shown = { isShown: true, finish: (_outbox: unknown, words: string) => void said.push(words) };
  const reply = shown as unknown as Task['reply'];
  await run(fails(busy), { signal: AbortSignal.abort(), reply });
  await run(fails(busy), { signal: AbortSignal.abort(STOPPED) });
  expect([ends, said]).toEqual([['finished', 'finished'], []]);
  await run(fails(busy), { signal: AbortSignal.abort(STOPPED), reply });
  expect(said).toEqual([say('en', 'question.stopped')]);
});

test('late words say that the message could be opened in the end, and carry what belongs to them', async () => {
  let noted = 0;
  await run(() => {
    const reply = { finish: (_outbox: unknown, words: string) => void said.push(words) };
    const task = { opened: { event: text('$1') }, language: 'en', late: true, reply } as unknown as Task;
    tasks.say(task, 'the answer', () => {
      noted += 1;
    });
  });
  expect([said, noted]).toEqual([[`${say('en', 'undecryptable.readable')}\n\nthe answer`], 1]);
});

test('who still waits for their turn after a moment is told so; nobody else is', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  try {
    const shown: string[] = [];
    const task = (event: string) =>
      ({ opened: { event: text(event) }, reply: { show: (words: string) => shown.push(words) } }) as unknown as Task;
    const ends = new Map<string, () => void>();
    const queue = (event: string) => {
      tasks.tellQueued(lane, task(event), () => `${event} waits`);
      lane.add(event, event, () => new Promise((resolve) => ends.set(event, resolve)));
    };
    for (const event of ['$1', '$2', '$3']) queue(event);
    ends.get('$1')!();
    await lane.ended('$1');
    vi.advanceTimersByTime(2999);
    expect(shown).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(shown).toEqual(['$3 waits']);
    queue('$4');
    bot.abort();
    vi.advanceTimersByTime(3000);
    expect(shown).toEqual(['$3 waits']);
  } finally {
    vi.useRealTimers();
  }
});
