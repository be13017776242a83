import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AS_ADMIN, Door, HOST, hasNginx } from './door.ts';

// Each rule of config/deploy/nginx, by a real request through a real nginx. Each test comes from an address of its own, because limits count per address.

if (!hasNginx) console.log('Left out: nginx or openssl is not here, so the rules of the door are not tried.');

describe.runIf(hasNginx)('the door', () => {
  let door: Door;
  beforeAll(async () => {
    door = await Door.open();
  });
  afterAll(() => door?.close());

  const statusOf = async (path: string, visit = {}) => (await door.visit(path, visit)).status;
  const reached = (url: string) => door.seen.filter((one) => one.url === url);

  test('lets the client side of Matrix through, with the visitor’s own address', async () => {
    const path = '/_matrix/client/v3/sync?timeout=0&since=s1';
    const spoofed = { 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'http', forwarded: 'for=203.0.113.9' };
    const answer = await door.visit(path, { from: '127.0.1.1', headers: { ...spoofed, authorization: 'Bearer t' } });
    expect(answer).toMatchObject({ status: 200, body: 'synapse' });
    expect(reached(path)[0]!.headers).toMatchObject({
      ...{ host: HOST, authorization: 'Bearer t', 'x-forwarded-for': '127.0.1.1', 'x-forwarded-proto': 'https' },
    });
    expect(reached(path)[0]!.headers).not.toHaveProperty('forwarded');
  });

  test('lets files in up to the limit, and takes no larger ones', async () => {
    const path = '/_matrix/media/v3/upload?filename=a';
    const upload = (bytes: number) => statusOf(path, { method: 'POST', from: '127.0.1.2', body: Buffer.alloc(bytes) });
    expect(await upload(50 * 2 ** 20)).toBe(200);
    expect(await upload(50 * 2 ** 20 + 1)).toBe(413);
    expect(reached(path)).toHaveLength(1);
  });

  test.each([
    ...[
      '/_synapse/admin/v1/server_version',
      '/_synapse/admin/v2/users',
      '/_synapse/client/password_reset',
      '/_synapse/mas/x',
    ],
    ...[
      '/_matrix/federation/v1/version',
      '/_matrix/key/v2/server',
      '/.well-known/matrix/server',
      '/_matrix/media/v3/download/a/b',
    ],
    ...[
      '/_matrix/client/v3/admin/whois/@a:b',
      '/_matrix/client/api/v1/admin/whois/@a:b',
      '/_matrix/client/unstable/uk.timedout.msc4323/admin/suspend/@a:b',
      '/_matrix/client/../../_synapse/admin/v1/server_version',
      '/_matrix/../_synapse/admin/v1/x',
    ],
    ...[
      '/_matrix/client/%2e%2e/%2e%2e/_synapse/admin/v1/register',
      '//_synapse/admin/v1/register',
      '/_Synapse/admin/v1/x',
    ],
    ...[
      '/metrics',
      '/healthz',
      '/v1',
      '/v2/x',
      '/index.html',
      '/.git/config',
      '/kinkeeper',
      '/v1/../metrics',
      '/v1/%2e%2e/metrics',
    ],
  ])('nothing is at %s', async (path) => {
    const before = door.seen.length;
    expect([301, 400, 404]).toContain(await statusOf(path, { from: '127.0.1.3', headers: AS_ADMIN }));
    expect(door.seen).toHaveLength(before);
  });

  const UP = '%2f..%2f..%2f..%2f..%2f..%2f_matrix%2fclient%2fx:home.test';
  test.each([
    `/_synapse/admin/v2/users/@evil${UP}`,
    `/_synapse/admin/v2/users/@evil${UP.replaceAll('..', '%2E%2e')}`,
    '/_synapse/admin/v1/x/../../../../_matrix/client/v3/sync',
    '/metrics/../v1/documents',
    '/metrics/..;/../v1/documents',
    '/metrics%2f..%2f..%2fv1/documents?a=b',
    '/_synapse/%5c..%5c../_matrix/client/x',
    '/_matrix/client/v3/./sync',
    '/_synapse/admin/v1/..#/../../../../_matrix/client/x',
  ])('an address that means two places leads to neither: %s', async (path) => {
    const before = door.seen.length;
    for (const method of ['GET', 'PUT'])
      expect([400, 404]).toContain(await statusOf(path, { method, from: '127.0.1.21', headers: AS_ADMIN }));
    expect(door.seen).toHaveLength(before);
  });

  test.each([
    '/_matrix/client/v3/room_keys/keys/%21r%3Ahome.test/ab%2Fcd%2Bef',
    '/_matrix/client/v3/rooms/!r:home.test/state/m.room.member/@a..b:home.test',
    '/_matrix/client/v3/directory/room/%23...%3Ahome.test?via=../..',
  ])('dots and slashes within a name go through as they came: %s', async (path) => {
    expect(await statusOf(path, { from: '127.0.1.22' })).toBe(200);
    expect(reached(path)).toHaveLength(1);
  });

  test.each([
    'v3/register',
    'api/v1/register',
    'unstable/org.example/register',
    'v3/register/available',
    'r0/register',
    'v3/account/password/email/requestToken',
    'v3/account/3pid',
  ])('nobody makes an account or a way to reset a password: %s', async (path) => {
    const before = door.seen.length;
    expect(await statusOf(`/_matrix/client/${path}`, { method: 'POST', from: '127.0.1.4', body: '{}' })).toBe(403);
    expect(door.seen).toHaveLength(before);
  });

  test('slows down who tries passwords, and tells fail2ban, with no name in it', async () => {
    const visit = { method: 'POST', from: '127.0.1.5', body: '{"identifier":{"user":"ada"}}' };
    door.reply = ({ url }) => ({ status: url.endsWith('/login') ? 403 : 200 });
    const statuses: number[] = [];
    // As many as it takes: the limit is one of time.
    for (let n = 0; n < 50 && !statuses.includes(429); n += 1)
      statuses.push(await statusOf(`/_matrix/client/${n % 2 ? 'v3' : 'r0'}/login`, visit));
    door.reply = () => ({ status: 200 });
    expect(statuses.slice(0, 6)).toEqual(Array(6).fill(403));
    expect(statuses.at(-1)).toBe(429);
    // Another visitor is not held up, and looking is no attempt.
    expect(await statusOf('/_matrix/client/v3/login', { ...visit, from: '127.0.1.6' })).toBe(200);
    expect(await statusOf('/_matrix/client/v3/login', { from: '127.0.1.5' })).toBe(200);
    const told = statuses.map((status) => `127.0.1.5 refused login ${status}`);
    await expect.poll(() => door.refused('127.0.1.5')).toEqual(told);
  });

  test('lets our API through word by word, and tells fail2ban of wrong keys', async () => {
    const path = '/v1/documents?limit=2';
    expect(await statusOf(path, { from: '127.0.1.7', headers: { authorization: 'Bearer k' } })).toBe(200);
    expect(reached(path)[0]).toMatchObject({
      service: 'bot',
      headers: { 'x-forwarded-for': '127.0.1.7', authorization: 'Bearer k' },
    });
    const answers = [
      { status: 401, headers: { 'x-refused-as': 'guess' } },
      { status: 429, headers: { 'x-refused-as': 'guess' } },
    ];
    door.reply = () => answers.shift() ?? { status: 200 };
    const guess = await door.visit('/v1/ask', { method: 'POST', from: '127.0.1.8', body: 'a' });
    expect([guess.status, guess.headers['x-refused-as']]).toEqual([401, undefined]);
    expect(await statusOf('/v1/documents', { from: '127.0.1.8' })).toBe(429);
    await expect
      .poll(() => door.refused('127.0.1.8'))
      .toEqual(['127.0.1.8 refused api 401', '127.0.1.8 refused api 429']);
  });

  test('tells fail2ban nothing of a scanner whose key has ended, may not do this, or asks too often', async () => {
    for (const status of [401, 403, 429]) {
      door.reply = () => ({ status });
      expect(await statusOf('/v1/documents', { from: '127.0.1.20' })).toBe(status);
    }
    // Who asks faster than the door lets through is told of all the same, after what was not.
    door.reply = () => ({ status: 200 });
    const refused = (await door.flood('/v1/documents', '127.0.1.20')).filter((status) => status === 429).length;
    expect(refused).toBeGreaterThan(0);
    await expect.poll(() => door.refused('127.0.1.20')).toEqual(Array(refused).fill('127.0.1.20 refused api 429'));
  });

  test('passes one request on as one, whatever its headers say of its length', async () => {
    const smuggled = 'GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n';
    const heads = [
      `Content-Length: ${smuggled.length}\r\nTransfer-Encoding: chunked`,
      'Content-Length: 4\r\nContent-Length: 40',
      'Transfer-Encoding: xchunked',
      'Transfer-Encoding : chunked',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity',
      'Content-Length: +4',
      'Content-Length: 4, 4',
      'Transfer-Encoding:\u000bchunked',
    ];
    for (const head of heads) {
      const before = door.seen.length;
      const raw = `POST /v1/documents HTTP/1.1\r\nHost: ${HOST}\r\nConnection: close\r\n${head}\r\n\r\n0\r\n\r\n${smuggled}`;
      await door.sendRaw(raw);
      const after = door.seen.slice(before);
      expect(after.length, head).toBeLessThanOrEqual(1);
      for (const { url } of after) expect(url, head).toBe('/v1/documents');
    }
  });

  test('says to everybody whether the bot is well, and what state it is in only behind the password', async () => {
    expect(await statusOf('/kinkeeper/healthz', { from: '127.0.1.9' })).toBe(200);
    expect(reached('/healthz')).toHaveLength(1);
    for (const [path, url, service] of [
      ['status', '/readyz', 'bot'],
      ['metrics', '/metrics', 'figures'],
      ['prometheus/graph', '/kinkeeper/prometheus/graph', 'prometheus'],
    ] as const) {
      const before = door.seen.length;
      expect(await statusOf(`/kinkeeper/${path}`, { from: '127.0.1.9' })).toBe(401);
      const wrong = { authorization: `Basic ${Buffer.from('ada:ada').toString('base64')}` };
      expect(await statusOf(`/kinkeeper/${path}`, { from: '127.0.1.9', headers: wrong })).toBe(401);
      expect(door.seen).toHaveLength(before);
      expect(await statusOf(`/kinkeeper/${path}`, { from: '127.0.1.9', headers: AS_ADMIN })).toBe(200);
      expect(reached(url)).toMatchObject([{ service }]);
    }
    expect(await statusOf('/kinkeeper/other', { from: '127.0.1.9', headers: AS_ADMIN })).toBe(404);
    await expect.poll(() => door.refused('127.0.1.9')).toEqual(Array(6).fill('127.0.1.9 refused page 401'));
  });

  test('port 80 leads to 443, and shows what the maker of certificates asks for', async () => {
    const plain = { port: 'plain', from: '127.0.1.10' };
    for (const path of ['/', '/_matrix/client/v3/sync', '/v1/documents', '/.well-known/acme-challenge/none']) {
      const answer = await door.visit(path, { ...plain, port: 'plain' });
      expect(answer).toMatchObject({ status: 301, headers: { location: `https://${HOST}${path}` } });
    }
    // Whatever name is asked for, it leads to ours.
    expect((await door.visit('/', { port: 'plain', host: 'evil.test' })).headers.location).toBe(`https://${HOST}/`);
    writeFileSync(join(door.dir, 'acme/.well-known/acme-challenge/token'), 'token.thumb');
    expect(await door.visit('/.well-known/acme-challenge/token', { port: 'plain' })).toMatchObject({
      status: 200,
      body: 'token.thumb',
    });
  });

  test('has its headers on every kind of answer, and hides who is behind it', async () => {
    for (const path of [
      '/_matrix/client/versions',
      '/nothing',
      '/.well-known/matrix/client',
      '/kinkeeper/status',
      '/v1/documents',
    ]) {
      const { headers } = await door.visit(path, { from: '127.0.1.11' });
      expect(headers, path).toMatchObject({
        ...{
          'strict-transport-security': 'max-age=63072000',
          'x-content-type-options': 'nosniff',
          'referrer-policy': 'no-referrer',
        },
        ...{ 'x-frame-options': 'SAMEORIGIN', 'content-security-policy': "frame-ancestors 'self'", server: 'nginx' },
      });
    }
  });

  test('tells clients where the homeserver is', async () => {
    const { headers, body } = await door.visit('/.well-known/matrix/client', { from: '127.0.1.12' });
    expect(JSON.parse(body)).toEqual({ 'm.homeserver': { base_url: `https://${HOST}` } });
    expect(headers).toMatchObject({ 'access-control-allow-origin': '*', 'content-type': 'application/json' });
  });

  test('shows no certificate to who asks for another name, or for none', async () => {
    await expect(door.visit('/', { host: 'evil.test', from: '127.0.1.13' })).rejects.toThrow(
      /unrecognized name|alert/i,
    );
    // The right certificate and another name in the request: nothing.
    await expect(door.visit('/', { headers: { host: 'evil.test' }, from: '127.0.1.13' })).rejects.toThrow();
  });

  test.each(['TLSv1', 'TLSv1.1'] as const)('speaks no %s', async (version) => {
    const options = { ...door.address(), servername: HOST, rejectUnauthorized: false, ciphers: 'ALL:@SECLEVEL=0' };
    const said = await new Promise<string>((resolve) => {
      const socket = connect({ ...options, minVersion: version, maxVersion: version }, () => resolve('connected'));
      socket.on('error', (error) => resolve(error.message));
    });
    expect(said).toMatch(/alert|version/);
  });

  test('without Element there is nothing in its place', async () => {
    expect(await statusOf('/element/', { from: '127.0.1.14' })).toBe(404);
  });

  test('writes nothing of what people ask', async () => {
    await statusOf('/_matrix/client/v3/rooms/!secretroom:home.test/messages?access_token=syt_x', {
      from: '127.0.1.15',
    });
    await statusOf('/nothing/@ada:home.test', { from: '127.0.1.15' });
    expect(door.written()).not.toMatch(/secretroom|syt_|@ada|_matrix|identifier/);
  });
});
