import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePort } from '../lab/python-child.ts';
import { type Chat, House } from './house.ts';

// A person makes a key in their chat, and a program uses it over HTTP; a real homeserver and the real bot are between.

const KINKEEPER = fileURLToPath(new URL('../../ops/kinkeeper.ts', import.meta.url));
const PASSPHRASE = 'a passphrase of the laboratory';

let house: House;
let ada: Chat;
let ops: Chat;
let url: string;
let key: string;

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  house = await House.open({ settings: { api: { listen: `127.0.0.1:${port}` } } });
  const admin = await house.login('ada');
  ada = await house.openChat(admin);
  ops = await house.enterOpsRoom(admin);
});

afterAll(() => house?.close());

const call = (path: string, init: RequestInit = {}) =>
  fetch(url + path, { ...init, headers: { authorization: `Bearer ${key}`, ...init.headers } });
const status = async (path: string) => (await call(path)).status;

test('a key that was made in chat sends a paper, about which the chat answers then', async () => {
  expect(await status('/v1/documents')).toBe(401);
  const made = await ada.ask('!apikey new scanner upload ask read', /kinkeeper_[0-9a-z]{40}/);
  key = /kinkeeper_[0-9a-z]{40}/.exec(made.text)![0];
  const form = new FormData();
  form.append('file', new Blob(['The spare key is with Mrs Dupont on the second floor.']), 'keys.txt');
  const sent = await call('/v1/documents', { method: 'POST', body: form });
  expect([sent.status, await sent.json()]).toMatchObject([201, { document: { number: 1, name: 'keys.txt' } }]);
  await ada.ask('Where is the spare key?', /Mrs Dupont/);
  const asked = await call('/v1/ask', {
    ...{ method: 'POST', body: JSON.stringify({ question: 'Where is the spare key?' }) },
    headers: { 'content-type': 'application/json' },
  });
  expect([asked.status, await asked.json()]).toMatchObject([200, { text: expect.stringContaining('Dupont') }]);
  await ada.ask('!apikey', /scanner: may send papers, list papers and ask questions; .*last used/s);
});

test('a restart keeps the key, and the server says when it is ready', async () => {
  await house.restartBot();
  await expect.poll(() => status('/readyz').catch(() => 0), { timeout: 60_000 }).toBe(200);
  expect(await status('/v1/documents')).toBe(200);
  expect(await status('/healthz')).toBe(200);
});

test('a lockdown shuts it, with words, and an unlock opens it again', async () => {
  await ops.ask('!lockdown', /Locked/);
  await expect.poll(() => status('/v1/documents'), { timeout: 60_000 }).toBe(503);
  const refused = await call('/v1/documents');
  expect(await refused.json()).toMatchObject({
    error: { reason: 'api-sealed', message: expect.stringContaining('locked') },
  });
  expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503]);
  // Until then nobody listens at its socket.
  await expect.poll(() => house.bot.output(), { timeout: 60_000 }).toContain('sealed: waiting');
  const unlocked = await execa(process.execPath, [KINKEEPER, 'unlock', '--config', house.home.configFile], {
    input: PASSPHRASE,
  });
  expect(unlocked.exitCode).toBe(0);
  await expect.poll(() => status('/v1/documents'), { timeout: 60_000 }).toBe(200);
});

test('a key that is revoked in chat opens nothing from then on', async () => {
  await ada.ask('!apikey revoke 1', /is ended and opens nothing/);
  expect(await status('/v1/documents')).toBe(401);
  await ada.ask('!audit', /used API key 1: .*paper sent/s);
  expect(house.bot.output()).not.toMatch(/kinkeeper_|Dupont/);
});
