import { once } from 'node:events';
import { connect } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { scriptedModel } from '../../core/ask/scripted-model.ts';
import { ADA, ApiHouse, type ApiHouseOptions, BEN } from './api-house.ts';

// What somebody tries who has a key that does little, one that was taken away, or none.

let house: ApiHouse;
afterEach(() => house?.[Symbol.asyncDispose]());
const open = async (options: ApiHouseOptions = {}) => {
  house = await new ApiHouse().open(options);
  return house;
};

const LETTER =
  'The rent of the flat in Linden is 940 euros a month. The deposit is three months of rent, paid in March.';
const send = (key: string, body: string, name: string) =>
  house.call(key, `/v1/documents?name=${encodeURIComponent(name)}`, { method: 'POST', body });
const question = (accept = 'application/json') => ({
  ...{ method: 'POST', body: JSON.stringify({ question: 'How much is the rent?' }) },
  headers: { 'content-type': 'application/json', accept },
});
/** Bytes as they are, and everything that comes back until the server closes. */
async function raw(bytes: string): Promise<string> {
  const socket = connect(Number(new URL(house.url).port), '127.0.0.1');
  let answer = '';
  socket.on('data', (chunk: Buffer) => (answer += chunk));
  socket.on('error', () => {});
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

describe('a key that is taken away while its answer comes', () => {
  const halfway = async (end: () => void, accept: string) => {
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => (arrive = resolve));
    let goOn = () => {};
    const ended = new Promise<void>((resolve) => (goOn = resolve));
    const model = scriptedModel(() => []);
    await open({
      model: {
        ...model,
        async *stream() {
          yield 'The rent is ';
          arrive();
          await ended;
          yield '940 euros a month [1].';
        },
      },
    });
    const key = house.key(ADA);
    await send(key, LETTER, 'Lease.txt');
    const asking = house.call(key, '/v1/ask', question(accept));
    await arrived;
    end();
    goOn();
    return asking;
  };

  it('gets nothing more of a stream, but why', async () => {
    const response = await halfway(
      () => house.state.control.apiKeys.revoke(house.callerOf(ADA), 1),
      'text/event-stream',
    );
    const text = await response.text();
    expect(text).not.toContain('940');
    expect(text).not.toContain('event: answer');
    expect(text).toMatch(/event: error\ndata: \{"error":\{"code":"unauthenticated","reason":"api-key-ended"/);
  });

  it('gets no answer that was ready after it', async () => {
    const response = await halfway(() => house.state.control.people.remove(ADA), 'application/json');
    expect([response.status, await response.json()]).toMatchObject([401, { error: { reason: 'api-key-ended' } }]);
  });
});

describe('a key for sending alone', () => {
  it('learns nothing of what was there before, neither by the same file nor by one that is like it', async () => {
    await open();
    const long = `${LETTER} Pets are not allowed, and the stairs are cleaned by whoever lives on the first floor, every second week of the month.`;
    await send(house.key(ADA), long, 'zqnameofada.txt');
    const key = house.key(ADA, ['upload']);
    const same = (await (await send(key, long, 'mine.txt')).json()) as { upload: string };
    expect(same).toMatchObject({ known: true, state: 'kept', name: 'mine.txt', document: null });
    const alike = await send(key, `${long} Regards.`, 'zqnameofada v2.txt');
    const asked = await house.call(key, `/v1/uploads/${same.upload}`);
    expect(JSON.stringify([same, await alike.json(), await asked.json()])).not.toMatch(/zqnameofada\.txt|document 1\b/);
    // Who may list papers is told, and so is the person.
    const seen = await house.call(house.key(ADA), `/v1/uploads/${same.upload}`);
    expect(await seen.json()).toMatchObject({ known: true, document: { name: 'zqnameofada.txt' } });
    expect(house.told.at(-1)!.text).toMatch(/zqnameofada\\?\.txt|document 1\b/);
  });

  it('reaches nothing else by an address that is written another way', async () => {
    await open();
    const key = house.key(BEN, ['upload']);
    const statuses: Record<string, number> = {};
    for (const path of [
      ...['/v1/uploads/../documents', '/v1/uploads/..%2fdocuments', '/v1//documents', '//v1/documents'],
      ...['/v1/documents/', '/v1/documents/../export', '/V1/documents', '/v1/documents;x=1', '/v1/documents%00'],
      ...[
        '/v1/uploads/%2e%2e/%2e%2e/healthz',
        '/v1/documents?name=../../etc/passwd',
        '/v1/./export',
        '/v1/docs/../ask',
      ],
      ...['http://127.0.0.1/v1/documents', '*', '/v1/uploads/..\\documents'],
    ]) {
      const answer = await raw(
        `GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nconnection: close\r\n\r\n`,
      );
      statuses[path] = Number(answer.split(' ')[1]);
    }
    expect(Object.entries(statuses).filter(([, status]) => ![400, 403, 404, 405].includes(status))).toEqual([]);
  });
});

describe('a key of somebody who is gone', () => {
  it.each(['removed', 'erased'])('opens nothing once they are %s, and says nothing of them', async (how) => {
    await open();
    const key = house.key(BEN);
    const { tenant } = house.callerOf(BEN);
    await send(key, LETTER, 'Lease.txt');
    const plan = {
      kind: 'person',
      cause: 'removed',
      language: 'en',
      person: house.callerOf(BEN).person,
      tenant,
    } as const;
    const erasure = house.state.erasing.book.plan({ ...plan, dueAt: house.clock.now });
    house.state.control.people.remove(BEN);
    if (how === 'erased') {
      house.state.erasing.shred(tenant);
      house.state.erasing.bury(erasure, house.clock.now);
    }
    for (const path of ['/v1/documents', '/v1/export', '/v1/uploads/x']) {
      const response = await house.call(key, path, { headers: { 'export-password': 'a long one of mine' } });
      const text = await response.text();
      expect([response.status, JSON.parse(text)]).toMatchObject([
        401,
        { error: { reason: how === 'erased' ? 'api-key-unknown' : 'api-key-ended' } },
      ]);
      expect(text).not.toMatch(/ben|Lease/);
    }
    house.state.control.people.add({ id: BEN, role: 'member', language: 'de' });
    expect((await house.call(key, '/v1/documents')).status).toBe(401);
  });
});

describe('a key in a place where it should not be', () => {
  it('stands in no answer, no log, no row and no alert', async () => {
    await open({ guesses: { perAddress: 1e9, inAll: 1e9, alert: 1, windowMs: 1e6 } });
    const key = house.key(ADA);
    const asText = { method: 'POST', body: JSON.stringify({ question: 'a', [key]: key }) };
    const answers = await Promise.all([
      house.call(key, `/v1/documents?key=${key}`),
      house.call(key, `/v1/documents?${key}`),
      house.call(key, `/v1/uploads/${key}`),
      house.call(key, `/v1/documents/${key}`, { method: 'DELETE' }),
      house.call(key, '/v1/ask', { ...asText, headers: { 'content-type': 'application/json' } }),
      house.call(`${key.slice(0, -1)}!`, '/v1/documents'),
      house.call('', `/${key}`),
      fetch(`${house.url}/v1/documents`, { headers: { authorization: key } }),
      fetch(`${house.url}/v1/documents`, { headers: { authorization: `Basic ${btoa(`x:${key}`)}`, cookie: key } }),
      fetch(`${house.url}/v1/documents`, { headers: { 'x-api-key': key } }),
    ]);
    const texts = await Promise.all(answers.map((answer) => answer.text()));
    for (const [at, answer] of answers.entries()) expect(answer.status, texts[at]!).toBeGreaterThanOrEqual(400);
    const { control } = house.state;
    control.apiKeys.settle(house.clock.now + 1);
    const kept = [texts, answers.map((one) => [...one.headers]), control.audit.recent(99), control.alerts.recent(99)];
    expect(JSON.stringify([kept, house.logged])).not.toContain(key.slice(10, 40));
  });
});

describe('a page of another origin', () => {
  it('gets nothing, neither by asking first nor by a request that needs no asking', async () => {
    await open();
    const key = house.key(ADA);
    const from = { origin: 'https://evil.test', 'sec-fetch-site': 'cross-site' };
    const first = {
      ...from,
      'access-control-request-method': 'GET',
      'access-control-request-headers': 'authorization',
    };
    for (const path of ['/v1/documents', '/v1/ask', '/healthz', '/openapi.json', '/docs']) {
      for (const [method, headers] of [
        ['OPTIONS', first],
        ['GET', from],
        ['POST', { ...from, 'content-type': 'text/plain' }],
      ] as const) {
        const response = await fetch(house.url + path, { method, headers, ...(method === 'POST' && { body: 'x' }) });
        await response.arrayBuffer();
        const told = [...response.headers.keys()].filter((name) => name.startsWith('access-control-'));
        expect([path, method, told]).toEqual([path, method, []]);
        if (method !== 'GET') expect(response.ok, `${method} ${path}`).toBe(false);
      }
    }
    const keyed = await house.call(key, '/v1/documents', { headers: from });
    expect(keyed.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    expect(keyed.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('odd requests', () => {
  it('by other methods, for parts of a body, or with odd types change nothing', async () => {
    await open();
    const key = house.key(ADA);
    const head = await fetch(`${house.url}/healthz`, { method: 'HEAD' });
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await house.call(key, '/v1/documents', { method: 'HEAD' })).status).toBe(405);
    expect((await house.call(key, '/v1/documents', { method: 'OPTIONS' })).headers.get('allow')).toBe('POST, GET');
    expect(
      await raw(`TRACE /v1/documents HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\nconnection: close\r\n\r\n`),
    ).toMatch(/^HTTP\/1\.1 405 /);
    await send(key, LETTER, 'Lease.txt');
    const ranged = await house.call(key, '/v1/documents', { headers: { range: 'bytes=0-3' } });
    expect([ranged.status, ranged.headers.get('content-range')]).toEqual([200, null]);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonx',
      'json',
      'multipart/form-data',
    ])
      expect((await house.call(key, '/v1/ask', { ...question(), headers: { 'content-type': type } })).status).toBe(415);
    const german = await house.call(key, '/v1/ask', {
      ...question(),
      headers: { 'content-type': 'application/merge-patch+json; charset=utf-8' },
    });
    expect(german.status).toBe(200);
  });

  it('with names of any letters are kept under a name that can be shown', async () => {
    await open();
    const key = house.key(ADA);
    const names = [
      'Grüße 🎈.txt',
      '../../etc/passwd.txt',
      'a\u202Etxt.exe.txt',
      '\u0000\u0007.txt',
      'ａ'.repeat(390),
      '`!forget 1`',
    ];
    for (const [at, name] of names.entries()) {
      const sent = await send(key, `paper ${at} about something else entirely ${at * 7919}`, name);
      expect([name, sent.status]).toEqual([name, 201]);
      const { document } = (await sent.json()) as { document: { name: string } };
      // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what must not be there
      expect(document.name).not.toMatch(/[/\\\u0000-\u001f\u202a-\u202e]/);
      expect(document.name.length).toBeGreaterThan(0);
    }
    expect(
      ((await (await house.call(key, '/v1/documents')).json()) as { documents: unknown[] }).documents,
    ).toHaveLength(names.length);
  });

  it('that could be read as two are read as none', async () => {
    await open();
    const key = house.key(ADA);
    const second = 'GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n';
    for (const head of [
      `content-length: 5\r\ntransfer-encoding: chunked`,
      'content-length: 5\r\ncontent-length: 6',
      'transfer-encoding: chunked, identity',
      'transfer-encoding : chunked',
      'content-length: +5',
      'content-length: 5\n x: y',
    ]) {
      const answer = await raw(
        `POST /v1/documents HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\n${head}\r\n\r\n0\r\n\r\n${second}`,
      );
      expect(answer.match(/HTTP\/1\.1 \d+/g), head).toEqual(['HTTP/1.1 400']);
    }
    expect(house.desk!.documents(house.callerOf(ADA), { after: 0, limit: 9 }).documents).toEqual([]);
  });

  it('of somebody who sends drop by drop, or stops in the middle, are given up on', async () => {
    await open();
    const key = house.key(ADA);
    const slowHead = raw('GET /healthz HTTP/1.1\r\nhost: x\r\nx-a: ');
    const stopped = raw(
      `POST /v1/documents HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-length: 100\r\n\r\nabc`,
    );
    expect((await slowHead).split('\r\n')[0]).toBe('HTTP/1.1 408 Request Timeout');
    expect(await stopped).toMatch(/^HTTP\/1\.1 408 [\s\S]*"reason":"api-slow"/);
  }, 120_000);

  it('for what is somebody else’s get the very answer of what is not there', async () => {
    await open();
    const [ada, ben] = [house.key(ADA), house.key(BEN)];
    await send(ben, LETTER, 'Lease.txt');
    const { upload } = (await (await send(ben, 'another paper', 'b.txt')).json()) as { upload: string };
    const headers = { 'export-password': 'a long one of mine' };
    const exported = (await house.call(ben, '/v1/export', { headers })).headers.get('export-id')!;
    const none = '00000000-0000-4000-8000-000000000000';
    const answerOf = async (path: string, method = 'GET') => {
      const response = await house.call(ada, path, { method, headers });
      const { error } = (await response.json()) as { error: { reference: string } };
      const kept = [...response.headers].filter(([name]) => !['date', 'x-request-id'].includes(name));
      return { status: response.status, error: { ...error, reference: '' }, kept };
    };
    expect(await answerOf(`/v1/uploads/${upload}`)).toEqual(await answerOf(`/v1/uploads/${none}`));
    expect(await answerOf(`/v1/export?export=${exported}`)).toEqual(await answerOf(`/v1/export?export=${none}`));
    expect(await answerOf('/v1/documents/1', 'DELETE')).toEqual(await answerOf('/v1/documents/1', 'DELETE'));
    expect((await answerOf('/v1/documents/1', 'DELETE')).status).toBe(404);
  });
});
