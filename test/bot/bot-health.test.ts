import { afterEach, beforeEach, expect, test } from 'vitest';
import { BotHealth } from '../../bot/bot-health.ts';
import { createLogger } from '../../core/log.ts';
import { answer, text, timeline } from './matrix/sample-events.ts';
import { type Household, openHousehold } from './people-state.ts';

const MINUTE = 60_000;
let home: Household;
let health: BotHealth;
let oneTimeKeys: number | undefined;
let look: () => Promise<boolean>;
let looks: number;
beforeEach(async () => {
  home = await openHousehold();
  [oneTimeKeys, looks] = [undefined, 0];
  look = async () => true;
  const { inbox, outbox, clock } = home;
  const crypto = {
    get oneTimeKeys() {
      return oneTimeKeys;
    },
    lookAtOwnDevice: () => {
      looks += 1;
      return look();
    },
  };
  const log = createLogger({ name: 't', level: 'silent' });
  health = new BotHealth({ crypto, inbox, outbox, clock: () => clock.now, log });
});
afterEach(() => home.remove());

async function pass(ms: number): Promise<void> {
  for (let gone = 0; gone < ms; gone += 10_000) {
    home.clock.now += 10_000;
    health.tick();
    await new Promise(setImmediate);
  }
}

test('the age of the oldest message that is not handled, and of the oldest that is not sent', () => {
  expect(health.figures()).toMatchObject({ workSeconds: 0, replySeconds: 0 });
  home.inbox.store(answer('s0', {}));
  home.inbox.store(answer('s1', { '!chat': timeline([text('$one')]) }));
  home.clock.now += 90_000;
  const room = { room: '!chat', audience: { kind: 'room' }, type: 'm.room.message', content: {} } as const;
  home.outbox.add({ ...room, transaction: 't1' });
  // One that waits for a room that is still to be made does not count, nor a message that waits for its key.
  home.outbox.add({ ...room, transaction: 't2', room: '' });
  home.clock.now += 30_000;
  expect(health.figures()).toMatchObject({ workSeconds: 120, replySeconds: 30 });
  home.outbox.drop(1);
  home.inbox.markWaiting('$one');
  expect(health.figures()).toMatchObject({ workSeconds: 0, replySeconds: 0 });
});

test('few one-time keys count once they stay few: new ones are on their way', async () => {
  expect(health.figures().oneTimeKeys).toBe(-1);
  oneTimeKeys = 0;
  await pass(4 * MINUTE);
  expect(health.figures().oneTimeKeys).toBe(-1);
  oneTimeKeys = 50;
  await pass(MINUTE);
  expect(health.figures().oneTimeKeys).toBe(50);
  oneTimeKeys = 3;
  await pass(4 * MINUTE);
  expect(health.figures().oneTimeKeys).toBe(50);
  await pass(2 * MINUTE);
  expect(health.figures().oneTimeKeys).toBe(3);
});

test('the own device is looked at now and then; what nobody can see is not called unsigned', async () => {
  expect(health.figures().deviceSigned).toBe(-1);
  await pass(10_000);
  expect(health.figures().deviceSigned).toBe(1);
  look = async () => false;
  await pass(14 * MINUTE);
  expect([health.figures().deviceSigned, looks]).toEqual([1, 1]);
  await pass(2 * MINUTE);
  expect(health.figures().deviceSigned).toBe(0);
  look = () => Promise.reject(new Error('away'));
  await pass(15 * MINUTE);
  expect([health.figures().deviceSigned, looks]).toEqual([-1, 3]);
});
