import { describe, expect, test } from 'vitest';
import { Lane } from '../../bot/lane.ts';

/** A task that ends when it is told to, and notes when it began. */
function tasks() {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  const task = (name: string) => () => {
    begun.push(name);
    return new Promise<void>((resolve) => ends.set(name, resolve));
  };
  const end = async (name: string) => {
    ends.get(name)!();
    await new Promise(setImmediate);
  };
  return { begun, task, end };
}
const never = new AbortController().signal;

describe('a lane', () => {
  test('lets people take turns, and keeps each person’s order', async () => {
    const lane = new Lane(1);
    const { begun, task, end } = tasks();
    for (const name of ['ada 1', 'ada 2', 'ada 3', 'ben 1', 'cia 1', 'ben 2'])
      lane.add(name.slice(0, 3), name, task(name));
    const order = ['ada 1', 'ben 1', 'cia 1', 'ada 2', 'ben 2', 'ada 3'];
    for (const name of order) {
      expect(begun.at(-1)).toBe(name);
      await end(name);
    }
    expect(begun).toEqual(order);
    expect(lane.length()).toBe(0);
  });

  test('tells how many come before a task that waits', async () => {
    const lane = new Lane(1);
    const { task, end } = tasks();
    const names = ['ada 1', 'ada 2', 'ada 3', 'ben 1', 'cia 1', 'ben 2'];
    for (const name of names) lane.add(name.slice(0, 3), name, task(name));
    expect(names.map((name) => lane.aheadOf(name))).toEqual([0, 3, 5, 1, 2, 4]);
    await end('ada 1');
    expect(names.map((name) => lane.aheadOf(name))).toEqual([0, 2, 4, 0, 1, 3]);
    expect(lane.aheadOf('nobody')).toBe(0);
  });

  test('runs as many as it is wide, and never two of one person', async () => {
    const lane = new Lane(2);
    const { begun, task, end } = tasks();
    for (const name of ['ada 1', 'ada 2', 'ben 1', 'cia 1']) lane.add(name.slice(0, 3), name, task(name));
    expect(begun).toEqual(['ada 1', 'ben 1']);
    expect([lane.length(), lane.lengthOf('ada'), lane.lengthOf('cia'), lane.lengthOf('eve')]).toEqual([4, 2, 1, 0]);
    await end('ben 1');
    expect(begun).toEqual(['ada 1', 'ben 1', 'cia 1']);
    await end('cia 1');
    expect(begun).toHaveLength(3);
    await end('ada 1');
    expect(begun.at(-1)).toBe('ada 2');
    await end('ada 2');
  });

  test('knows what waits and what is there at all', async () => {
    const lane = new Lane(1);
    const { task, end } = tasks();
    lane.add('ada', 'a1', task('a1'));
    lane.add('ben', 'b1', task('b1'));
    expect(['a1', 'b1', 'c1'].map((key) => [lane.has(key), lane.isWaiting(key)])).toEqual([
      [true, false],
      [true, true],
      [false, false],
    ]);
    await end('a1');
    expect([lane.has('a1'), lane.isWaiting('b1')]).toEqual([false, false]);
    await end('b1');
  });

  test('lets go of a task that waits, not of one that runs, and tells when one has ended', async () => {
    const lane = new Lane(1);
    const { begun, task, end } = tasks();
    lane.add('ada', 'a1', task('a1'));
    lane.add('ada', 'a2', task('a2'));
    expect(['a1', 'a2', 'a2'].map((key) => lane.remove(key))).toEqual([false, true, false]);
    await lane.ended('a2');
    let over = false;
    const ended = lane.ended('a1').then(() => {
      over = true;
    });
    expect(over).toBe(false);
    await end('a1');
    await ended;
    expect([begun, lane.length()]).toEqual([['a1'], 0]);
  });

  test('goes on after a task that failed', async () => {
    const lane = new Lane(1);
    const { begun, task, end } = tasks();
    lane.add('ada', '1', () => Promise.reject(new Error('no')));
    lane.add('ada', '2', task('2'));
    await new Promise(setImmediate);
    expect(begun).toEqual(['2']);
    await end('2');
    await lane.drained();
  });

  test('says when one person is done, without waiting for others', async () => {
    const lane = new Lane(2);
    const { task, end } = tasks();
    let done = false;
    lane.add('ada', 'a1', task('a1'));
    lane.add('ada', 'a2', task('a2'));
    lane.add('ben', 'b1', task('b1'));
    const drained = lane.drainedOf('ada', never).then(() => (done = true));
    await lane.drainedOf('eve', never);
    await end('a1');
    expect(done).toBe(false);
    await end('a2');
    await drained;
    expect(lane.length()).toBe(1);
    await end('b1');
  });

  test('does not keep anyone waiting beyond their patience', async () => {
    const lane = new Lane(1);
    const { task, end } = tasks();
    lane.add('ada', 'a1', task('a1'));
    const patience = new AbortController();
    const waiting = lane.drainedOf('ada', patience.signal);
    patience.abort();
    await waiting;
    await lane.drainedOf('ada', patience.signal);
    await end('a1');
  });

  test('closing drops what waits, takes nothing more, and ends with what runs', async () => {
    const lane = new Lane(1);
    const { begun, task, end } = tasks();
    lane.add('ada', 'a1', task('a1'));
    lane.add('ben', 'b1', task('b1'));
    let closed = false;
    const closing = lane.close().then(() => (closed = true));
    lane.add('cia', 'c1', task('c1'));
    await new Promise(setImmediate);
    expect([closed, lane.length()]).toEqual([false, 1]);
    const others = lane.drainedOf('ben', never);
    await end('a1');
    await Promise.all([closing, others]);
    expect(begun).toEqual(['a1']);
    await lane.close();
  });
});
