import { execFile } from 'node:child_process';
import { createCipheriv, createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Homeserver } from '../../../bot/matrix/homeserver.ts';
import { HomeserverError } from '../../../bot/matrix/homeserver-error.ts';
import { attachmentContent, declaredSize, encryptedFileOf, fetchAttachment } from '../../../bot/matrix/media.ts';
import { AppError } from '../../../core/errors.ts';
import { randomStream, testSeed } from '../random.ts';
import { respond, SmallHomeserver } from './small-homeserver.ts';

let server: SmallHomeserver;
let homeserver: Homeserver;
const seed = testSeed();
const random = randomStream(seed);

beforeAll(async () => {
  server = await SmallHomeserver.start();
  homeserver = server.client('@kin:home.test', 'D');
});
afterAll(() => server.stop());

const bytesOf = (size: number) => Buffer.from(Uint8Array.from({ length: size }, () => random() * 256));
const send = (bytes: Uint8Array) => attachmentContent(homeserver, { bytes, name: 'a.txt', mime: 'text/plain' });
const idOf = (content: Record<string, unknown>) => (content.file as { url: string }).url.split('/').at(-1)!;

describe(`an attachment (seed ${seed})`, () => {
  test.each([
    0,
    1,
    15,
    16,
    17,
    65_536,
    (1 << 20) - 1,
    1 << 20,
    (1 << 20) + 1,
    3_333_333,
  ])('of %i bytes comes back as it was sent', async (size) => {
    const bytes = bytesOf(size);
    const content = await send(bytes);
    const fetched = await fetchAttachment(homeserver, encryptedFileOf(content)!, size);
    expect(fetched.equals(bytes)).toBe(true);
    if (size > 16) expect(server.media.get(idOf(content))!.includes(bytes.subarray(0, 16))).toBe(false);
  });

  test('encrypted by somebody else’s code, as the specification has it, is opened', async () => {
    const [key, iv, plain] = [bytesOf(32), Buffer.concat([bytesOf(8), Buffer.alloc(8)]), bytesOf(100_000)];
    const cipher = createCipheriv('aes-256-ctr', key, iv);
    const ciphertext = Buffer.concat([cipher.update(plain), cipher.final()]);
    server.media.set('foreign', ciphertext);
    const hash = createHash('sha256').update(ciphertext).digest('base64');
    const file = {
      v: 'v2',
      url: 'mxc://home.test/foreign',
      key: { alg: 'A256CTR', k: key.toString('base64url') },
      iv: iv.toString('base64'),
      hashes: { sha256: hash },
    };
    expect((await fetchAttachment(homeserver, encryptedFileOf({ file })!, 1e6)).equals(plain)).toBe(true);
  });

  test('with one changed bit, or cut short, is refused before anything is decrypted', async () => {
    for (const damage of [
      (bytes: Buffer) => bytes.fill(bytes[500]! ^ 1, 500, 501),
      (bytes: Buffer) => bytes.subarray(0, -1),
      () => Buffer.alloc(0),
    ]) {
      const content = await send(bytesOf(1000));
      const stored = Buffer.from(server.media.get(idOf(content))!);
      server.media.set(idOf(content), damage(stored));
      await expect(fetchAttachment(homeserver, encryptedFileOf(content)!, 1e6)).rejects.toMatchObject({
        code: 'invalid',
        reason: 'media-damaged',
      });
    }
  });

  test('above the limit is refused', async () => {
    const content = await send(bytesOf(1001));
    await expect(fetchAttachment(homeserver, encryptedFileOf(content)!, 1000)).rejects.toMatchObject({
      code: 'too-large',
      reason: 'file-too-large',
      facts: { limit: 1000 },
    });
  });

  test('that the server no longer has is gone; a server that is ill may get well', async () => {
    const file = encryptedFileOf(await send(bytesOf(10)))!;
    for (const [status, kind, body] of [
      [404, 'gone'],
      [403, 'gone'],
      [404, 'ill', {}],
      [502, 'ill'],
      [429, 'ill'],
    ] as const) {
      server.fault = (_seen, response) => respond(response, status, body ?? { errcode: 'M_X' });
      const error: unknown = await fetchAttachment(homeserver, file, 100).catch((thrown: unknown) => thrown);
      if (kind === 'gone') expect(error).toMatchObject({ code: 'not-found', reason: 'media-gone' });
      else expect(error instanceof HomeserverError && error.transient).toBe(true);
      expect(error).toBeInstanceOf(AppError);
    }
    server.fault = () => undefined;
  });

  test('never uses a key or a counter twice', async () => {
    const contents = await Promise.all(Array.from({ length: 20 }, () => send(Buffer.from('same'))));
    const files = contents.map((content) => content.file as { key: { k: string }; iv: string });
    expect(new Set(files.map((file) => file.key.k)).size).toBe(20);
    expect(new Set(files.map((file) => file.iv)).size).toBe(20);
    for (const file of files) expect(Buffer.from(file.iv, 'base64').subarray(8)).toEqual(Buffer.alloc(8));
  });

  test('is described as the specification has it, with its caption and without mentions', async () => {
    const content = await attachmentContent(homeserver, {
      bytes: Buffer.from('abc'),
      name: 'my file.json',
      mime: 'application/json',
      caption: 'Here it is',
    });
    expect(content).toMatchObject({
      msgtype: 'm.file',
      body: 'Here it is',
      filename: 'my file.json',
      info: { mimetype: 'application/json', size: 3 },
      'm.mentions': {},
    });
    expect(content.file).toMatchObject({ v: 'v2', key: { kty: 'oct', alg: 'A256CTR', ext: true } });
    expect(JSON.stringify(content.file)).not.toContain('=');
    expect((await send(Buffer.from('abc'))).body).toBe('a.txt');
  });
});

describe('the encryption data', () => {
  const good = {
    v: 'v2',
    url: 'mxc://home.test/m',
    key: { alg: 'A256CTR', k: Buffer.alloc(32, 1).toString('base64url') },
    iv: Buffer.alloc(16).toString('base64'),
    hashes: { sha256: Buffer.alloc(32).toString('base64') },
  };

  test('is read when it is whole, with or without padding', () => {
    expect(encryptedFileOf({ file: good })).toMatchObject({ url: good.url, key: Buffer.alloc(32, 1) });
    expect(encryptedFileOf({ file: { ...good, iv: good.iv.replaceAll('=', '') } })).toBeDefined();
  });

  test.each([
    ['nothing', {}],
    ['no object', { file: 'x' }],
    ['a list', { file: [good] }],
    ['another version', { file: { ...good, v: 'v1' } }],
    ['no version', { file: { ...good, v: undefined } }],
    ['another cipher', { file: { ...good, key: { ...good.key, alg: 'A128CTR' } } }],
    ['no key', { file: { ...good, key: undefined } }],
    ['a short key', { file: { ...good, key: { alg: 'A256CTR', k: 'AAAA' } } }],
    ['a key that is a number', { file: { ...good, key: { alg: 'A256CTR', k: 5 } } }],
    ['a long iv', { file: { ...good, iv: Buffer.alloc(17).toString('base64') } }],
    ['no iv', { file: { ...good, iv: undefined } }],
    ['no hashes', { file: { ...good, hashes: undefined } }],
    ['another hash', { file: { ...good, hashes: { sha1: good.hashes.sha256 } } }],
    ['a short hash', { file: { ...good, hashes: { sha256: 'AAAA' } } }],
    ['no address', { file: { ...good, url: undefined } }],
    ['an address that is an object', { file: { ...good, url: {} } }],
  ])('with %s is refused', (_what, content) => {
    expect(encryptedFileOf(content)).toBeUndefined();
  });

  test('may declare a size, which is believed only when it is one', () => {
    expect(declaredSize({ info: { size: 5 } })).toBe(5);
    for (const size of [-1, Number.NaN, Number.POSITIVE_INFINITY, '5', null, {}])
      expect(declaredSize({ info: { size } })).toBeUndefined();
    expect([declaredSize({}), declaredSize({ info: 'x' })]).toEqual([undefined, undefined]);
  });
});

test('opening a large attachment takes about its own size of memory, once', async () => {
  const size = 96 << 20;
  const content = await send(Buffer.alloc(size, 7));
  server.media.set('small', Buffer.from('x'));
  const child = fileURLToPath(new URL('media-memory.child.ts', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [child, server.url, JSON.stringify(content)]);
  const said = JSON.parse(stdout) as { size: number; growth: number };
  server.media.clear();
  expect(said.size).toBe(size);
  expect(said.growth / size).toBeLessThan(1.7);
});
