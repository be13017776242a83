import { expect, test } from 'vitest';
import { ADA, ApiHouse, BEN } from './api-house.ts';

const DAY = 86_400_000;

test('a key that will end soon is told of in its person’s chat, once and in their language; a short one is not', async () => {
  await using house = await new ApiHouse().open();
  house.key(ADA, ['upload'], 365 * DAY);
  house.key(BEN, ['upload'], 12 * DAY);
  house.key(BEN, ['upload'], 7 * DAY);
  house.key(BEN, ['upload'], 12 * DAY);
  house.state.control.apiKeys.revoke(house.callerOf(BEN), 3);
  const told = (days: number) => {
    house.clock.now += days * DAY;
    house.desk!.tick();
    // The outbox takes each name of a message once.
    return new Map(house.told.map((one) => [`${one.person} ${one.key}`, one.text]));
  };
  expect(told(8).size).toBe(0);
  const [toBen, ...more] = [...told(1)];
  expect(more).toEqual([]);
  expect(toBen![0]).toMatch(/^@ben:/);
  expect(toBen![1]).toMatch(
    /^\*\*Dein API-Schlüssel „key\w+“ gilt nur noch bis zum .*bisher hat ihn nichts benutzt.*`!apischlüssel neu key\w+2`/,
  );
  expect(told(1).size).toBe(1);
  expect(told(347).size).toBe(1);
  const later = told(1);
  expect([...later.values()].at(-1)).toMatch(/^\*\*Your API key “key\w+” ends on /);
  expect(told(2).size).toBe(2);
  expect(told(30).size).toBe(2);
});

test('the bot looks by itself, and not at every tick', async () => {
  await using house = await new ApiHouse().open();
  house.key(ADA, ['upload'], 40 * DAY);
  house.clock.now += 35 * DAY;
  for (let i = 0; i < 50; i += 1) {
    house.clock.now += 1000;
    house.desk!.tick();
  }
  expect(house.told).toHaveLength(1);
});
