import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type BurstSummary, FileBursts } from '../../bot/file-burst.ts';

const QUIET = 1500;
const ADA = '@ada:home.test !chat';
let bot: AbortController;
let bursts: FileBursts;
let told: BurstSummary[];

beforeEach(() => {
  vi.useFakeTimers();
  bot = new AbortController();
  bursts = new FileBursts(QUIET, bot.signal);
  told = [];
});
afterEach(() => {
  vi.useRealTimers();
});

type Outcome = Parameters<FileBursts['end']>[1]['outcome'];
const begin = (...events: string[]) => events.map((event) => bursts.begin(ADA, event));
const end = (outcome: Outcome, ...events: string[]) => {
  for (const event of events) bursts.end(ADA, { event, outcome }, (summary) => told.push(summary));
};
const quiet = (milliseconds = QUIET) => vi.advanceTimersByTime(milliseconds);

test('of many files one summary tells what became of them, once it is quiet', () => {
  expect(begin('$1', '$2', '$3', '$4', '$5', '$6')).toEqual([true, false, false, false, false, false]);
  end('kept', '$1', '$2');
  end('known', '$3');
  end({ failed: 'a.txt' }, '$4');
  end('gone', '$5');
  quiet(60_000);
  expect(told).toEqual([]);
  end('kept', '$6');
  quiet(QUIET - 1);
  expect(told).toEqual([]);
  quiet(1);
  expect(told).toEqual([{ kept: 3, known: 1, failed: ['a.txt'], last: '$6' }]);
  quiet(60_000);
  expect(told).toHaveLength(1);
});

test('of three nothing is told; files that were taken back do not count', () => {
  begin('$1', '$2', '$3', '$4', '$5');
  end('kept', '$1', '$2', '$3');
  end('gone', '$4', '$5');
  quiet();
  expect(told).toEqual([]);
});

test('what comes before it is quiet belongs to it, what comes later is another one', () => {
  for (const event of ['$1', '$2', '$3', '$4']) {
    expect(begin(event)).toEqual([true]);
    end('kept', event);
    quiet(QUIET - 1);
  }
  quiet();
  expect(told).toEqual([{ kept: 4, known: 0, failed: [], last: '$4' }]);
  begin('$5');
  end('kept', '$5');
  quiet();
  expect(told).toHaveLength(1);
});

test('a file that ends twice counts once, and one that nobody began not at all', () => {
  begin('$1', '$2', '$3');
  end('kept', '$1', '$1', '$1', '$2', '$3', '$3', '$9');
  quiet();
  expect(told).toEqual([]);
});

test('people and rooms have bursts of their own', () => {
  begin('$1', '$2', '$3');
  expect(bursts.begin('@ben:home.test !chat', '$4')).toBe(true);
  end('kept', '$1', '$2', '$3');
  bursts.end('@ben:home.test !chat', { event: '$4', outcome: 'kept' }, (summary) => told.push(summary));
  quiet();
  expect(told).toEqual([]);
});

test('nothing is told by a bot that is stopping', () => {
  begin('$1', '$2', '$3', '$4');
  end('kept', '$1', '$2', '$3', '$4');
  bot.abort();
  quiet();
  expect(told).toEqual([]);
});
