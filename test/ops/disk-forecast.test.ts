import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Facts } from '../../core/control.ts';
import { daysUntilFull, FAR_DAYS, forecastDisk } from '../../ops/health/disk-forecast.ts';
import { openTestState } from './open-test-state.ts';

const GB = 1e9;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOW = 1_800_000_000_000;

const line = (days: number, freeAt: (day: number) => number) =>
  Array.from({ length: days * 4 + 1 }, (_, step) => ({ at: NOW + step * 6 * HOUR, free: freeAt(step / 4) }));

describe('the day on which a disk is full', () => {
  test('comes from the pace of the samples', () => {
    expect(daysUntilFull(line(10, (day) => 40 * GB - day * 2 * GB))).toBeCloseTo(10, 5);
    expect(daysUntilFull(line(14, (day) => 100 * GB - day * GB))).toBeCloseTo(86, 5);
  });

  test('is not soon where nothing is used up, and never in the past', () => {
    expect(daysUntilFull(line(10, () => 40 * GB))).toBe(FAR_DAYS);
    expect(daysUntilFull(line(10, (day) => 40 * GB + day * GB))).toBe(FAR_DAYS);
    expect(daysUntilFull(line(10, (day) => 20 * GB - day * 2 * GB))).toBe(0);
  });

  test('is not turned by one big file, one clean-up, or backups that come and go', () => {
    const steady = (day: number) => 60 * GB - day * 0.1 * GB;
    expect(daysUntilFull(line(12, (day) => steady(day) - (day > 11.5 ? 30 * GB : 0)))).toBeGreaterThan(200);
    expect(daysUntilFull(line(12, (day) => steady(day) - (day % 1 === 0.25 ? 20 * GB : 0)))).toBeGreaterThan(200);
    expect(daysUntilFull(line(12, (day) => 30 * GB - day * 2 * GB + (day > 11.5 ? 25 * GB : 0)))).toBeLessThan(20);
  });

  test('is nobody’s guess before two days', () => {
    expect(daysUntilFull([])).toBeUndefined();
    expect(daysUntilFull(line(1, (day) => 40 * GB - day * 10 * GB))).toBeUndefined();
    expect(daysUntilFull(line(9, () => 1).slice(-3))).toBeUndefined();
  });
});

describe('readings over days', () => {
  let facts: Facts;
  let remove: () => void;
  beforeEach(async () => {
    const opened = await openTestState(() => NOW);
    facts = opened.state.control.facts;
    remove = opened.remove;
  });
  afterEach(() => remove());

  test('every five minutes become a forecast after two days, of each disk by itself, and few samples are kept', () => {
    let days: number | null = null;
    for (let at = NOW; at <= NOW + 3 * DAY; at += 5 * 60_000) {
      const gone = (at - NOW) / DAY;
      days = forecastDisk(facts, { name: 'state', free: 30 * GB - gone * 3 * GB }, at);
      if (gone < 1.9) expect(days).toBeNull();
    }
    expect(days).toBeCloseTo(7, 1);
    expect(forecastDisk(facts, { name: 'backup', free: 30 * GB }, NOW + 3 * DAY)).toBeNull();
    expect(JSON.parse(facts.get('disk-samples state')!)).toHaveLength(13);
  });

  test('that were taken while the clock was wrong do not count', () => {
    for (let step = 0; step < 20; step++)
      forecastDisk(facts, { name: 'state', free: GB }, NOW + 900 * DAY + step * 6 * HOUR);
    expect(forecastDisk(facts, { name: 'state', free: 30 * GB }, NOW)).toBeNull();
    expect(JSON.parse(facts.get('disk-samples state')!)).toHaveLength(1);
  });
});
