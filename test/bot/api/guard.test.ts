import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { clientAddress, proxyList } from '../../../bot/api/client-address.ts';
import { apiKeyText, newApiKeyParts } from '../../../core/api-key-text.ts';
import { ADA, ApiHouse, type ApiHouseOptions, BEN } from './api-house.ts';

const MINUTE = 60_000;
const GUESSES = { perAddress: 5, inAll: 12, alert: 8, windowMs: 10 * MINUTE };
const PROXIES = ['127.0.0.0/8'];

let house: ApiHouse | undefined;
afterEach(() => house?.[Symbol.asyncDispose]());
const open = async (options: ApiHouseOptions = {}) => {
  house = await new ApiHouse().open({ guesses: GUESSES, proxies: PROXIES, ...options });
  return house;
};

/** Looks at the list from an address, by default with a key that never was. */
async function look(at: ApiHouse, from: string, key = apiKeyText(newApiKeyParts())) {
  const response = await at.call(key, '/v1/documents', { headers: { 'x-forwarded-for': from } });
  await response.text();
  return [response.status, Number(response.headers.get('retry-after'))] as const;
}

const alertsOf = (at: ApiHouse) => at.state.control.alerts.open().map(({ code, facts }) => ({ code, facts }));

describe('wrong keys', () => {
  it('slow the address that they come from, and no other', async () => {
    const at = await open();
    const key = at.key(ADA);
    for (let i = 0; i < 5; i += 1) expect(await look(at, '203.0.113.7')).toEqual([401, 0]);
    expect(await look(at, '203.0.113.7')).toEqual([429, 600]);
    // Also with a right one: it is not even looked at.
    expect(await look(at, '203.0.113.7', key)).toEqual([429, 600]);
    expect(await look(at, '203.0.113.8', key)).toEqual([200, 0]);
    at.clock.now += 10 * MINUTE;
    expect(await look(at, '203.0.113.7', key)).toEqual([200, 0]);
  });

  it('from very many addresses shut out those that never had a right one, and nobody else', async () => {
    const at = await open();
    const key = at.key(ADA);
    expect(await look(at, '198.51.100.1', key)).toEqual([200, 0]);
    for (let i = 0; i < 12; i += 1) expect(await look(at, `203.0.113.${i}`)).toEqual([401, 0]);
    expect(await look(at, '203.0.113.99')).toEqual([429, 600]);
    expect(await look(at, '203.0.113.99', key)).toEqual([429, 600]);
    expect(await look(at, '198.51.100.1', key)).toEqual([200, 0]);
  });

  it('many wrong keys raise api-guessing, once', async () => {
    const at = await open();
    for (let i = 0; i < 12; i += 1) await look(at, `203.0.113.${i}`);
    expect(alertsOf(at)).toEqual([{ code: 'api-guessing', facts: { count: 8 } }]);
    expect(at.state.control.alerts.open()[0]).toMatchObject({ repeats: 0 });
    expect(JSON.stringify([alertsOf(at), at.logged])).not.toMatch(/203\.0\.113|kinkeeper_/);
  });

  it('a few wrong keys are no alarm', async () => {
    const at = await open();
    for (let i = 0; i < 7; i += 1) await look(at, `203.0.113.${i}`);
    const ended = at.key(ADA, ['read'], 1000);
    at.clock.now += 2000;
    for (let i = 0; i < 20; i += 1) expect(await look(at, '203.0.113.50', ended)).toEqual([401, 0]);
    expect(alertsOf(at)).toEqual([]);
  });

  it('are never among the rows of the audit, and open nothing however often they come', async () => {
    const at = await open({ guesses: { ...GUESSES, perAddress: 10_000, inAll: 10_000 } });
    for (let i = 0; i < 100; i += 1) expect(await look(at, '203.0.113.7')).toEqual([401, 0]);
    expect(at.state.control.audit.recent(100)).toEqual([]);
  });
});

describe('a key', () => {
  it('may ask so often, then waits; other keys do not', async () => {
    const rate = { burst: 3, perMinute: 6 };
    const rates = { all: rate, upload: rate, read: rate, ask: rate, export: rate, delete: rate };
    const at = await open({ rates });
    const [ada, ben] = [at.key(ADA), at.key(BEN)];
    for (let i = 0; i < 3; i += 1) expect(await look(at, '203.0.113.7', ada)).toEqual([200, 0]);
    expect(await look(at, '203.0.113.7', ada)).toEqual([429, 10]);
    expect(await look(at, '203.0.113.7', ben)).toEqual([200, 0]);
    at.clock.now += 10_000;
    expect(await look(at, '203.0.113.7', ada)).toEqual([200, 0]);
    expect(await look(at, '203.0.113.7', ada)).toEqual([429, 10]);
    // What was not even taken is no use.
    expect(at.state.control.apiKeys.of(at.callerOf(ADA))).toMatchObject([{ uses: 4 }]);
  });
});

describe('where a request comes from', () => {
  const from = (peer: string, passed?: string) =>
    clientAddress(
      { socket: { remoteAddress: peer }, headers: { 'x-forwarded-for': passed } } as unknown as IncomingMessage,
      proxyList(['10.0.0.0/8', '::1', 'fc00::/7']),
    );

  it.each([
    ['203.0.113.7', undefined, '203.0.113.7'],
    ['::ffff:203.0.113.7', undefined, '203.0.113.7'],
    // Nobody but a proxy of ours is believed.
    ['203.0.113.7', '198.51.100.1', '203.0.113.7'],
    ['10.0.0.2', '198.51.100.1', '198.51.100.1'],
    ['::ffff:10.0.0.2', '198.51.100.1', '198.51.100.1'],
    // What stands before what our proxy wrote may be made up.
    ['10.0.0.2', '1.2.3.4, 198.51.100.1', '198.51.100.1'],
    ['10.0.0.2', '1.2.3.4, 198.51.100.1, 10.0.0.3', '198.51.100.1'],
    // Devices of a VPN have addresses that a proxy may have, and each is its own.
    ['10.0.0.2', '10.77.0.7', '10.77.0.7'],
    ['10.0.0.2', '10.1.1.1, 10.77.0.7', '10.77.0.7'],
    ['10.0.0.2', 'nonsense', '10.0.0.2'],
    ['10.0.0.2', undefined, '10.0.0.2'],
    ['::1', '2001:db8:1:2:3:4:5:6', '2001:db8:1:2'],
    ['fd00::5', '2001:db8::1', '2001:db8:0:0'],
    ['2001:db8:a:b::1', undefined, '2001:db8:a:b'],
  ])('%s with %s is %s', (peer, passed, address) => {
    expect(from(peer, passed)).toBe(address);
  });
});

describe('a sender', () => {
  it('of a body that breaks off leaves no bytes behind', async () => {
    const at = await open();
    const key = at.key(ADA);
    const { port } = new URL(at.url);
    for (let i = 0; i < 6; i += 1) {
      const socket = connect(Number(port), '127.0.0.1');
      await once(socket, 'connect');
      const head = `POST /v1/documents?name=a.txt HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 1900000\r\n\r\n`;
      socket.write(head + 'a'.repeat(1_800_000), () => socket.destroy());
      await once(socket, 'close');
    }
    // Four such files would be all that may stand in memory.
    await expect
      .poll(async () => {
        const sent = await at.call(key, '/v1/documents?name=b.txt', { method: 'POST', body: 'b'.repeat(1_900_000) });
        return sent.status;
      })
      .not.toBe(503);
  });

  it('of a header that is too long, or no HTTP at all, is refused', async () => {
    const at = await open();
    const { port } = new URL(at.url);
    const answerTo = async (text: string) => {
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(text);
      const [first] = (await once(socket, 'data')) as [Buffer];
      socket.destroy();
      return first.toString().split('\r\n')[0];
    };
    expect(await answerTo(`GET / HTTP/1.1\r\nhost: x\r\nx: ${'a'.repeat(20_000)}\r\n\r\n`)).toMatch(/ 431 /);
    expect(await answerTo('hello\r\n\r\n')).toMatch(/ 400 /);
  });
});
