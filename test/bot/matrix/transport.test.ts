import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Homeserver } from '../../../bot/matrix/homeserver.ts';
import { HomeserverError } from '../../../bot/matrix/homeserver-error.ts';
import { installTransport, readCapped } from '../../../bot/matrix/transport.ts';
import { errorLine } from '../../../core/errors.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let handle: Handler;
let seen: string[];
let stop: AbortController;
let homeserver: Homeserver;

beforeEach(async () => {
  seen = [];
  server = createServer((request, response) => {
    seen.push(`${request.method} ${request.url}`);
    request.resume();
    handle(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  stop = new AbortController();
  installTransport(stop.signal);
  homeserver = new Homeserver(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop.signal, 'token');
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Answers everything with these bytes. */
function say(status: number, body: string | Buffer, headers: Record<string, string> = {}): void {
  handle = (_request, response) => {
    response.writeHead(status, headers);
    response.end(body);
  };
}
async function failure(request: Promise<unknown>): Promise<HomeserverError> {
  const error: unknown = await request.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(HomeserverError);
  return error as HomeserverError;
}

describe('an answer', () => {
  test('arrives as it was sent', async () => {
    say(200, '{"next_batch":"s1","rooms":{}}');
    expect(await homeserver.sync('s0', 10)).toEqual({ next_batch: 's1', rooms: {} });
    expect(seen[0]).toContain('/_matrix/client/v3/sync?');
    expect(new URL(seen[0]!.slice(4), 'http://x').searchParams.get('since')).toBe('s0');
  });

  test.each([
    '{"next_batch":"s1","rooms":{"jo',
    '',
    '[]',
    '"text"',
    'null',
    '5',
    '<html>proxy</html>',
  ])('that is not a whole JSON object (%j) is an error that may pass', async (body) => {
    say(200, body, { 'content-type': 'application/json' });
    const error = await failure(homeserver.sync('s0', 10));
    expect(error.transient).toBe(true);
    expect(error.retryAfterMs).toBe(0);
  });

  test('of a broken connection is an error, although what came could be parsed', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"next_batch":"s1"}');
      setImmediate(() => response.destroy());
    };
    expect(await failure(homeserver.sync('s0', 10))).toMatchObject({ status: 0, transient: true });
  });

  test('that lacks what every such answer has is an error as well', async () => {
    say(200, '{}');
    for (const request of [
      () => homeserver.sync('s0', 10),
      () => homeserver.send('!r', 'm.room.message', { transaction: 't', content: {} }),
      () => homeserver.joinedMembers('!r'),
      () => homeserver.joinedRooms(),
      () => homeserver.messages('!r', 'p', 10),
      () => homeserver.createRoom({}),
      () => homeserver.upload(Buffer.from('x')),
      () => homeserver.login('@kin:home.test', 'p'),
    ]) {
      expect((await failure(request())).transient).toBe(true);
    }
  });

  test('cut short for an upload gives no address', async () => {
    say(200, '{"content_uri":"mxc://home.te');
    expect((await failure(homeserver.upload(Buffer.from('x')))).transient).toBe(true);
  });

  test('that redirects is refused, for media too, and the token goes nowhere else', async () => {
    handle = (request, response) => {
      response.writeHead(request.url!.includes('elsewhere') ? 200 : 302, { location: '/elsewhere' });
      response.end('{"next_batch":"s1"}');
    };
    expect((await failure(homeserver.sync('s0', 10))).status).toBe(0);
    expect((await failure(homeserver.download('mxc://home.test/abc', 100))).status).toBe(0);
    expect(seen.filter((line) => line.includes('elsewhere'))).toEqual([]);
  });
});

describe('a refusal', () => {
  test.each([
    ['in the header', { 'retry-after': '7' }, '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1}', 7000],
    ['in the header of a proxy without JSON', { 'retry-after': '3' }, 'slow down', 3000],
    ['in the header beside an answer that is no object', { 'retry-after': '3' }, '"slow"', 3000],
    ['in the body', {}, '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1500}', 1500],
    ['nowhere', {}, '{"errcode":"M_LIMIT_EXCEEDED"}', 0],
    ['as nonsense', { 'retry-after': 'soon' }, '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":"x"}', 0],
    ['below zero', { 'retry-after': '-5' }, '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":-5}', 0],
  ] as const)('with the pause %s says how long to wait', async (_where, headers, body, expected) => {
    say(429, body, headers);
    const error = await failure(homeserver.whoAmI());
    expect(error).toMatchObject({ status: 429, retryAfterMs: expected, transient: true });
  });

  test('with an absurd pause keeps us waiting an hour at most', async () => {
    for (const [headers, body] of [
      [{ 'retry-after': '99999999999' }, '{}'],
      [{}, '{"errcode":"M_LIMIT_EXCEEDED","retry_after_ms":1e18}'],
    ] as const) {
      say(429, body, headers);
      expect((await failure(homeserver.whoAmI())).retryAfterMs).toBe(3_600_000);
    }
  });

  test.each([
    [403, 'M_FORBIDDEN', 'forbidden', false],
    [404, 'M_NOT_FOUND', 'not-found', false],
    [401, 'M_UNKNOWN_TOKEN', 'unavailable', false],
    [400, 'M_UNKNOWN', 'unavailable', false],
    [500, 'M_UNKNOWN', 'unavailable', true],
    [502, '', 'unavailable', true],
    // A proxy whose homeserver is away, or a firewall: no homeserver speaks without a code.
    [404, '', 'not-found', true],
    [403, '', 'forbidden', true],
    [413, '', 'unavailable', false],
  ] as const)('%i %s is translated once', async (status, errcode, code, transient) => {
    say(status, errcode ? JSON.stringify({ errcode, error: 'secret words' }) : '<html>bad gateway</html>');
    const error = await failure(homeserver.whoAmI());
    expect(error).toMatchObject({ status, errcode, code, transient });
    expect(errorLine(error)).not.toContain('secret');
  });

  test('says what failed without any id, token or body', async () => {
    say(403, JSON.stringify({ errcode: 'M_FORBIDDEN', error: 'the body' }));
    const room = '!secretroom:home.test';
    const requests = [
      () => homeserver.send(room, 'm.room.message', { transaction: 't', content: { body: 'the words' } }),
      () => homeserver.event('!v12secret', '$secretevent'),
      () => homeserver.redact(room, '$secretevent', 't'),
      () => homeserver.setTyping(room, '@secretuser:home.test', 1),
      () => homeserver.setAccountData('@secretuser:home.test', 'm.direct', {}),
      () => homeserver.state(room, 'm.room.encryption'),
    ];
    for (const request of requests) {
      const error = await failure(request());
      expect(`${error.message} ${errorLine(error)}`).not.toMatch(/secret|home\.test|token|words|body/);
      expect(error.message).toMatch(/failed at (GET|PUT) \/client\/v3\//);
    }
  });

  test('of a state read means "not there" only when the server says so clearly', async () => {
    say(404, '{"errcode":"M_NOT_FOUND"}');
    expect(await homeserver.state('!r', 'm.room.encryption')).toBeUndefined();
    for (const [status, body] of [
      [404, '{"errcode":"M_UNRECOGNIZED"}'],
      [404, '<html>not found</html>'],
      [404, '{}'],
      [403, '{"errcode":"M_NOT_FOUND"}'],
      [502, '{"errcode":"M_NOT_FOUND"}'],
    ] as const) {
      say(status, body);
      await failure(homeserver.state('!r', 'm.room.encryption'));
    }
  });
});

describe('size', () => {
  /** Streams for ever, until the other side hangs up; resolves how much was written by then. */
  function endless(headers: Record<string, string>): Promise<number> {
    return new Promise((resolve) => {
      handle = (_request, response) => {
        let written = 0;
        response.writeHead(200, headers);
        const more = (): void => {
          if (response.destroyed) return;
          written += 65_536;
          response.write(Buffer.alloc(65_536), more);
        };
        response.on('close', () => resolve(written));
        more();
      };
    });
  }

  test.each([
    ['none', {}],
    ['a small lie', { 'transfer-encoding': 'chunked' }],
  ])('is capped while streaming when the server declares %s', async (_what, headers) => {
    const written = endless(headers);
    await expect(homeserver.download('mxc://home.test/abc', 1_000_000)).rejects.toBeInstanceOf(RangeError);
    expect(await written).toBeLessThan(50_000_000);
  });

  test('is refused at once when the server declares too much', async () => {
    const written = endless({ 'content-length': '2000000000' });
    await expect(homeserver.download('mxc://home.test/abc', 1_000_000)).rejects.toBeInstanceOf(RangeError);
    expect(await written).toBeLessThan(50_000_000);
  });

  test('that was declared and does not come is an error, not a short file', async () => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-length': '100000' });
      response.write(Buffer.alloc(5000));
      setImmediate(() => response.destroy());
    };
    expect((await failure(homeserver.download('mxc://home.test/abc', 1_000_000))).transient).toBe(true);
  });

  test.each([0, 1, 65_536, 1_000_000])('of exactly %i bytes arrives whole, at its own limit', async (size) => {
    const bytes = Buffer.from(Array.from({ length: size }, (_, at) => at % 251));
    for (const headers of [{}, { 'content-length': String(size) }] as Record<string, string>[]) {
      say(200, bytes, headers);
      expect((await homeserver.download('mxc://home.test/abc', size)).equals(bytes)).toBe(true);
    }
  });

  test('of a body in many pieces is put together in order, whatever was declared', async () => {
    const pieces = Array.from({ length: 40 }, (_, at) => new Uint8Array(1000 + at).fill(at));
    const whole = Buffer.concat(pieces);
    for (const declared of [undefined, '1', String(whole.length), String(whole.length * 2), 'x', '-1']) {
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          for (const piece of pieces) controller.enqueue(piece);
          controller.close();
        },
      });
      const response = new Response(stream, declared === undefined ? {} : { headers: { 'content-length': declared } });
      expect((await readCapped(response, 1_000_000)).equals(whole), String(declared)).toBe(true);
    }
  });
});

test('a hanging request ends when the process stops', async () => {
  let arrived: () => void;
  const both = new Promise<void>((resolve) => {
    let count = 0;
    arrived = () => {
      count += 1;
      if (count === 2) resolve();
    };
  });
  handle = () => arrived();
  const hanging = [failure(homeserver.sync('s0', 30_000)), failure(homeserver.download('mxc://home.test/abc', 100))];
  await both;
  stop.abort();
  for (const error of await Promise.all(hanging)) expect(error.status).toBe(0);
});

test('a body that stops in the middle ends when the process stops', async () => {
  const started = new Promise<void>((resolve) => {
    handle = (_request, response) => {
      response.writeHead(200, { 'content-length': '1000' });
      response.write('{"next_batch":', () => resolve());
    };
  });
  const hanging = failure(homeserver.sync('s0', 30_000));
  await started;
  stop.abort();
  expect((await hanging).status).toBe(0);
});

test('a server that is not there is an error that may pass', async () => {
  const nobody = new Homeserver('http://127.0.0.1:1', stop.signal, 'token');
  expect(await failure(nobody.whoAmI())).toMatchObject({ status: 0, errcode: '', transient: true });
});

test.each([
  'http://home.test/x',
  'mxc://home.test',
  'mxc://home.test/a/b',
  'mxc://home.test/../x',
  'mxc://../abc',
  'mxc://./abc',
  'mxc:///abc',
  'mxc://home.test/a?b',
  '',
])('the media address %j is refused without a request', async (address) => {
  say(200, 'x');
  expect((await failure(homeserver.download(address, 100))).status).toBe(404);
  expect(seen).toEqual([]);
});

test('media is asked for with the token, at the authenticated endpoint', async () => {
  let authorization: string | undefined;
  handle = (request, response) => {
    authorization = request.headers.authorization;
    response.end('x');
  };
  await homeserver.download('mxc://home.test:8448/abc_-=9', 100);
  expect(seen).toEqual(['GET /_matrix/client/v1/media/download/home.test%3A8448/abc_-%3D9']);
  expect(authorization).toBe('Bearer token');
});
