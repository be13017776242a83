import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { HomeserverError } from '../../bot/matrix/homeserver-error.ts';
import type { OutboxRow } from '../../bot/matrix/outbox.ts';
import type { Sender } from '../../bot/matrix/sender.ts';
import { SendingLoop } from '../../bot/sending-loop.ts';
import { AppError } from '../../core/errors.ts';
import { createLogger } from '../../core/log.ts';
import { openTestState } from '../ops/open-test-state.ts';

const BEN = '@ben:home.test';
let loop: SendingLoop;
let codes: () => unknown[];
let open: () => string[];
let signed: Set<string>;
let remove: () => void;
beforeEach(async () => {
  const opened = await openTestState(() => 1_800_000_000_000);
  const { alerts } = opened.state.control;
  remove = opened.remove;
  codes = () => alerts.recent(9).map(({ code, facts, repeats }) => [code, facts.person, repeats]);
  open = () => alerts.open().map(({ key }) => key);
  signed = new Set();
  const sender = { drain: async () => {} } as unknown as Sender;
  const log = createLogger({ name: 't', level: 'silent' });
  loop = new SendingLoop(
    {
      ...{ sender, alerts, log, onOpsRefused: () => {}, onRoomChanged: () => {} },
      hasSignedDevice: async (person) => signed.has(person),
    },
    new AbortController().signal,
  );
});
afterEach(() => remove());

const tried = (attempts: number) => ({ attempts, audience: { kind: 'direct', person: BEN } }) as OutboxRow;

test('a message whose reader has no signed device is told to the admins once, however often it is tried', () => {
  const error = new AppError('unavailable', 'none', { reason: 'no-signed-device', facts: { person: BEN } });
  for (const attempts of [1, 2, 3]) loop.onDelay(tried(attempts), error);
  expect(codes()).toEqual([['no-signed-device', BEN, 2]]);
});

test('a message that waits for a device to be heard of is no alert either', () => {
  loop.onDelay(tried(1), new AppError('unavailable', 'x', { reason: 'no-device-reached' }));
  expect(codes()).toEqual([]);
});

test('a message that waits for the server, or for somebody to be confirmed, is no alert of its own', () => {
  loop.onDelay(tried(1), new AppError('unavailable', 'x', { reason: 'identity-changed', facts: { person: BEN } }));
  loop.onDelay(tried(1), new HomeserverError('busy', { status: 502, errcode: 'M_UNKNOWN', retryAfterMs: 0 }));
  expect(codes()).toEqual([]);
});

describe('that alert ends when a message to the person went out again', () => {
  const waits = (attempts: number) =>
    loop.onDelay(
      tried(attempts),
      new AppError('unavailable', 'none', { reason: 'no-signed-device', facts: { person: BEN } }),
    );
  const sent = (audience: OutboxRow['audience']) => loop.onSent({ audience });

  test('in their chat; one to somebody else says nothing of them', () => {
    waits(1);
    sent({ kind: 'direct', person: '@ada:home.test' });
    expect(open()).toEqual([`no-signed-device ${BEN}`]);
    sent({ kind: 'direct', person: BEN });
    expect(open()).toEqual([]);
    waits(1);
    expect(open(), 'and comes again').toEqual([`no-signed-device ${BEN}`]);
  });

  test('in a room of several, if they have a device by now', async () => {
    waits(1);
    sent({ kind: 'ops' });
    await new Promise(setImmediate);
    expect(open()).toEqual([`no-signed-device ${BEN}`]);
    signed.add(BEN);
    sent({ kind: 'ops' });
    await expect.poll(open).toEqual([]);
  });
});
