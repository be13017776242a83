import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { callJson } from './call-json.ts';
import { type FaultProxy, type FaultRule, startFaultProxy } from './fault-proxy.ts';
import { readRoom } from './reader.ts';
import { type Session, type Synapse, startSynapse } from './synapse.ts';

const SEED = 20_261;
let synapse: Synapse;
let proxy: FaultProxy;
let ada: Session;
let roomId: string;
let counter = 0;

beforeAll(async () => {
  synapse = await startSynapse({ rateLimits: 'lifted' });
  await synapse.register('ada', 'pw-ada');
  ada = await synapse.login('ada', 'pw-ada');
  proxy = await startFaultProxy({
    upstream: synapse.baseUrl,
    seed: SEED,
    hangMs: 300,
    slowMs: 200,
    retryAfterMs: 1_500,
  });
  roomId = (await through<{ room_id: string }>('POST', '/createRoom', { preset: 'public_chat' })).room_id;
});

afterEach(() => proxy.setRules([]));

afterAll(async () => {
  await proxy?.stop();
  await synapse?.stop();
});

function through<Answer>(method: string, path: string, body?: unknown): Promise<Answer> {
  return callJson(`${proxy.url}/_matrix/client/v3${path}`, { method, accessToken: ada.accessToken, body });
}

/** Sends one message through the proxy; returns its transaction id and what came of it. */
async function send(text: string): Promise<{ txnId: string; failure: string }> {
  counter += 1;
  const txnId = `t${counter}`;
  const path = `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/${txnId}`;
  const failure = await through('PUT', path, { msgtype: 'm.text', body: text }).then(
    () => '',
    (error: Error) => error.message || 'failed',
  );
  return { txnId, failure };
}

const arrived = async (text: string) =>
  (await readRoom(synapse, roomId)).filter((event) => event.content.body === text).length;
const recorded = (txnId: string) => proxy.sends.find((sent) => sent.txnId === txnId);
const once = (fault: FaultRule['fault']): FaultRule => ({ fault, share: 1, times: 1, path: /\/send\// });

test.each([
  { fault: 'too-many-requests', failure: /429 M_LIMIT_EXCEEDED/, delivered: 0 },
  { fault: 'bad-gateway', failure: /502/, delivered: 0 },
  { fault: 'reset-before', failure: /fetch failed/, delivered: 0 },
  { fault: 'reset-after', failure: /fetch failed/, delivered: 1 },
  { fault: 'hang', failure: /fetch failed/, delivered: 1 },
  { fault: 'truncated', failure: /JSON/, delivered: 1 },
  { fault: 'slow', failure: /^$/, delivered: 1 },
] as const)('$fault: the client sees $failure and the homeserver $delivered message', async ({
  fault,
  failure,
  delivered,
}) => {
  const before = proxy.injected[fault];
  proxy.setRules([once(fault)]);
  const text = `through ${fault}`;
  const sent = await send(text);
  expect(sent.failure).toMatch(failure);
  expect(await arrived(text)).toBe(delivered);
  expect(proxy.injected[fault]).toBe(before + 1);
  expect(recorded(sent.txnId)).toMatchObject({ fault, type: 'm.room.message', roomId, content: { body: text } });
  expect(recorded(sent.txnId)?.eventId !== undefined).toBe(delivered === 1);
  // The rule has struck once: the next request passes.
  expect((await send(`after ${fault}`)).failure).toBe('');
});

test('a refusal with 429 says how long to wait, in header and body', async () => {
  proxy.setRules([{ fault: 'too-many-requests', share: 1 }]);
  const response = await fetch(`${proxy.url}/_matrix/client/versions`);
  expect(response.headers.get('retry-after')).toBe('2');
  expect(await response.json()).toMatchObject({ retry_after_ms: 1_500 });
});

test('a repeated sync gives the body that led to the same since, events and all', async () => {
  const sync = (since?: string) =>
    through<{ next_batch: string; rooms?: { join?: object } }>(
      'GET',
      `/sync?timeout=0${since === undefined ? '' : `&since=${since}`}`,
    );
  const first = await sync();
  await send('between two syncs');
  const second = await sync(first.next_batch);
  expect(second.rooms?.join).toHaveProperty([roomId]);
  proxy.setRules([{ fault: 'repeated-sync', share: 1, times: 1 }]);
  expect(await sync(second.next_batch)).toEqual(second);
  expect((await sync(second.next_batch)).rooms?.join ?? {}).not.toHaveProperty([roomId]);
  expect(proxy.injected['repeated-sync']).toBe(1);
});

test('the same seed draws the same faults', async () => {
  const draws = async () => {
    const rules: FaultRule[] = [{ fault: 'bad-gateway', share: 0.5 }];
    const seeded = await startFaultProxy({ upstream: synapse.baseUrl, seed: SEED, rules });
    const statuses: number[] = [];
    for (let request = 0; request < 20; request += 1) {
      statuses.push((await fetch(`${seeded.url}/_matrix/client/versions`)).status);
    }
    await seeded.stop();
    return statuses;
  };
  const first = await draws();
  expect(new Set(first)).toEqual(new Set([200, 502]));
  expect(await draws()).toEqual(first);
});

test('a client that goes away ends its long poll at the homeserver and leaves the proxy working', async () => {
  const authorization = `Bearer ${ada.accessToken}`;
  const poll = async (since: string): Promise<{ next_batch: string }> => {
    const url = `${proxy.url}/_matrix/client/v3/sync?timeout=30000&since=${since}`;
    return (await fetch(url, { headers: { authorization }, signal: AbortSignal.timeout(500) })).json() as never;
  };
  let { next_batch: since } = await through<{ next_batch: string }>('GET', '/sync?timeout=0');
  const untilItHangs = async () => {
    for (;;) since = (await poll(since)).next_batch;
  };
  await expect(untilItHangs()).rejects.toMatchObject({ name: 'TimeoutError' });
  expect((await send('still here')).failure).toBe('');
  expect(await arrived('still here')).toBe(1);
});
