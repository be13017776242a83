import { expect, test } from 'vitest';
import { CaptionQuestions } from '../../bot/caption-questions.ts';
import { Lane } from '../../bot/lane.ts';
import { QuestionDesk, STOPPED } from '../../bot/question-desk.ts';
import type { Task } from '../../bot/task.ts';

// What `!stop` ends, and what it counts: questions of the lane, and those below files.

const task = (event: string, person: string) =>
  ({ opened: { event: { event_id: event } }, caller: { person } }) as unknown as Task;

/** A desk on a lane of its own, on which every question is answered when `end` is called for it. */
function desk() {
  const lane = new Lane(1);
  const clock = { now: 0 };
  const ends = new Map<string, () => void>();
  const closed: string[] = [];
  const cancelled: [string, Error][] = [];
  const questions = new QuestionDesk({
    lane,
    clock: () => clock.now,
    cancel: (event, reason) => {
      cancelled.push([event, reason]);
      return lane.has(event);
    },
    close: ({ opened }) => closed.push(opened.event.event_id),
  });
  const ask = (event: string, person: string) => {
    const work = () => new Promise<void>((resolve) => ends.set(event, resolve));
    lane.add(person, event, questions.add(task(event, person), work));
  };
  const end = async (event: string) => {
    ends.get(event)!();
    await lane.ended(event);
  };
  return { questions, clock, closed, cancelled, ask, end };
}

test('a person’s questions are stopped: one that is answered is told to end, those that wait are closed', async () => {
  const { questions, closed, cancelled, ask, end } = desk();
  for (const event of ['$1', '$2', '$3']) ask(event, 'ada');
  ask('$ben', 'ben');
  expect(questions.stop('ada')).toEqual({ running: 1, waiting: 2 });
  expect([closed, cancelled]).toEqual([['$2', '$3'], [['$1', STOPPED]]]);
  await end('$1');
  await end('$ben');
  expect(questions.stop('ada')).toEqual({ running: 0, waiting: 0 });
  expect(questions.stop('ben')).toEqual({ running: 0, waiting: 0 });
  expect(closed).toEqual(['$2', '$3']);
});

test('a question that was taken back while it waited is none to be stopped', () => {
  const { questions, closed, ask } = desk();
  ask('$1', 'ada');
  ask('$2', 'ada');
  expect([questions.remove('$1'), questions.remove('$2'), questions.remove('$2')]).toEqual([false, true, false]);
  expect(questions.stop('ada')).toEqual({ running: 1, waiting: 0 });
  expect(closed).toEqual([]);
});

test('who waits is told whether it takes long, as measured here, and never how many others come before', async () => {
  const { questions, clock, ask, end } = desk();
  for (const event of ['$1', '$2', '$3']) ask(event, 'ada');
  expect(questions.isLong('$3')).toBe(false);
  clock.now += 80_000;
  await end('$1');
  expect(questions.isLong('$3')).toBe(false);
  ask('$ben', 'ben');
  expect([questions.isLong('$3'), questions.isLong('$ben')]).toEqual([true, false]);
});

test('questions below files wait until the file is kept, and each is stopped once', () => {
  const stopped = new Set<string>();
  const inbox = {
    markStopped: (event: string) => void stopped.add(event),
    wasStopped: (event: string) => stopped.has(event),
  };
  const captions = new CaptionQuestions(inbox);
  captions.add('$1', 'ada');
  captions.add('$2', 'ada');
  captions.add('$ben', 'ben');
  const first = captions.asked('$1');
  expect(captions.stop('ada')).toEqual({ running: 1, waiting: 1 });
  expect([first.aborted, first.reason]).toEqual([true, STOPPED]);
  // The scan of a file comes after its text: the question was stopped all the same.
  captions.add('$2', 'ada');
  expect(captions.asked('$2').aborted).toBe(true);
  expect(captions.stop('ada')).toEqual({ running: 0, waiting: 0 });
  expect(captions.asked('$ben').aborted).toBe(false);
  captions.end('$ben');
  expect(captions.stop('ben')).toEqual({ running: 0, waiting: 0 });
  expect(captions.asked('$none').aborted).toBe(false);
  // After a restart the file is read anew.
  const again = new CaptionQuestions(inbox);
  again.add('$1', 'ada');
  again.add('$ben', 'ben');
  expect([again.asked('$1').reason, again.asked('$ben').aborted]).toEqual([STOPPED, false]);
});
