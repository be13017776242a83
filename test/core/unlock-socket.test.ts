import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { AppError } from '../../core/errors.ts';
import { unlockOver } from '../../core/keys/unlock-over.ts';
import { waitForUnlock } from '../../core/keys/unlock-socket.ts';
import { PATIENCE_MS } from '../patience.ts';

let folder: string;
let socketPath: string;
let now = 0;
let tries: string[];
let stop: AbortController;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-sock-'));
  socketPath = join(folder, 'bot.sock');
  now = 1_000_000;
  tries = [];
  stop = new AbortController();
});
afterEach(() => {
  stop.abort();
  rmSync(folder, { recursive: true, force: true });
});

async function tryUnlock(passphrase: string): Promise<string> {
  tries.push(passphrase);
  if (passphrase === 'broken')
    throw new AppError('unavailable', 'keys.json is damaged', { reason: 'keys-damaged', hint: 'Restore.' });
  if (passphrase !== 'right') throw new AppError('forbidden', 'wrong', { reason: 'wrong-passphrase' });
  return 'opened';
}

/** Starts waiting; the socket exists when this returns. */
async function sealed(unlock: (passphrase: string) => Promise<string> = tryUnlock, idleMs?: number) {
  const waiting = waitForUnlock({ socketPath, tryUnlock: unlock, signal: stop.signal, clock: () => now, idleMs });
  await Promise.race([waiting.catch(() => {}), new Promise(setImmediate)]);
  return { waiting };
}

test('the right passphrase opens, the answer arrives, and the socket is gone', async () => {
  const { waiting } = await sealed();
  expect(await unlockOver(socketPath, 'right')).toEqual({ status: 'unlocked' });
  expect(await waiting).toBe('opened');
  expect(existsSync(socketPath)).toBe(false);
  expect(await unlockOver(socketPath, 'right')).toEqual({ status: 'not-sealed' });
});

test('only the owner can open the socket, also under a lax mask', async () => {
  const mask = process.umask(0);
  try {
    await sealed();
    expect((statSync(socketPath).mode & 0o777).toString(8)).toBe('600');
    expect(process.umask()).toBe(0);
  } finally {
    process.umask(mask);
  }
});

test('every wrong passphrase doubles the wait, up to a minute, and early tries are not even looked at', async () => {
  const { waiting } = await sealed();
  const waits: number[] = [];
  for (let round = 0; round < 8; round++) {
    const reply = await unlockOver(socketPath, `wrong ${round}`);
    if (reply.status !== 'wrong') throw new Error(`unexpected ${reply.status}`);
    waits.push(reply.retryAfterSeconds);
    now += reply.retryAfterSeconds * 1000 - 1;
    expect(await unlockOver(socketPath, 'right')).toEqual({ status: 'early', retryAfterSeconds: 1 });
    now += 1;
  }
  expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60]);
  expect(tries).not.toContain('right');
  expect(await unlockOver(socketPath, 'right')).toEqual({ status: 'unlocked' });
  expect(await waiting).toBe('opened');
});

test('an early try names the seconds left, and a clock set back never makes them more than a minute', async () => {
  await sealed();
  for (const wait of [1, 2, 4, 8]) {
    await unlockOver(socketPath, 'wrong');
    if (wait < 8) now += wait * 1000;
  }
  now += 2500;
  expect(await unlockOver(socketPath, 'right')).toEqual({ status: 'early', retryAfterSeconds: 6 });
  now -= 3_600_000;
  expect(await unlockOver(socketPath, 'right')).toEqual({ status: 'early', retryAfterSeconds: 60 });
});

test('tries at the same time do not share the work', async () => {
  const gate = Promise.withResolvers<void>();
  await sealed(async (passphrase) => {
    tries.push(passphrase);
    await gate.promise;
    throw new AppError('forbidden', 'wrong', { reason: 'wrong-passphrase' });
  });
  const first = unlockOver(socketPath, 'one');
  const others = await Promise.race([first, unlockOver(socketPath, 'two')]);
  expect(others.status).toBe('early');
  gate.resolve();
  expect((await first).status).toBe('wrong');
  expect(tries).toEqual(['one']);
});

test('an error that no passphrase can mend is told and ends the waiting', async () => {
  const { waiting } = await sealed();
  expect(await unlockOver(socketPath, 'broken')).toEqual({
    status: 'failed',
    message: 'keys.json is damaged\n  Restore.',
  });
  await expect(waiting).rejects.toMatchObject({ reason: 'keys-damaged' });
  expect(existsSync(socketPath)).toBe(false);
});

test('aborting ends the waiting and removes the socket', async () => {
  const { waiting } = await sealed();
  stop.abort(new Error('stopped'));
  await expect(waiting).rejects.toThrow('stopped');
  expect(existsSync(socketPath)).toBe(false);
});

test.each([
  ['no JSON', 'hello\n'],
  ['no passphrase', '{}\n'],
  ['too much', `${'x'.repeat(20_000)}\n`],
  ['a break in the middle of a word', Buffer.from([0xff, 0xfe, 0x0a])],
])('%s is refused without a try, and the socket lives on', async (_name, data) => {
  const { waiting } = await sealed();
  const socket = connect(socketPath);
  const received: Buffer[] = [];
  const closed = new Promise((resolve) => socket.on('close', resolve));
  socket.on('data', (chunk) => received.push(chunk)).on('error', () => {});
  socket.write(data);
  await closed;
  expect(['', '{"status":"bad-request"}\n']).toContain(Buffer.concat(received).toString());
  expect(tries).toEqual([]);
  await unlockOver(socketPath, 'right');
  expect(await waiting).toBe('opened');
});

test('a dead socket of a killed process is replaced, any other file is left alone', async () => {
  const dead = createServer().listen(socketPath);
  await new Promise((resolve) => dead.once('listening', resolve));
  const { waiting } = await sealed();
  expect(await unlockOver(socketPath, 'right')).toEqual({ status: 'unlocked' });
  expect(await waiting).toBe('opened');
  dead.close();
  writeFileSync(socketPath, 'precious');
  await expect((await sealed()).waiting).rejects.toMatchObject({ code: 'conflict', reason: 'socket-path' });
  expect(existsSync(socketPath)).toBe(true);
});

test('waits that grew stay when somebody comes back over another connection, on the same one, or many at once', async () => {
  await sealed();
  for (const wait of [1, 2]) {
    expect(await unlockOver(socketPath, 'wrong')).toEqual({ status: 'wrong', retryAfterSeconds: wait });
    const crowd = await Promise.all(Array.from({ length: 20 }, () => unlockOver(socketPath, 'right')));
    expect(crowd).toEqual(crowd.map(() => ({ status: 'early', retryAfterSeconds: wait })));
    now += wait * 1000;
  }
  const socket = connect(socketPath);
  const replies: string[] = [];
  socket.on('data', (chunk) => replies.push(...String(chunk).trim().split('\n')));
  socket.write('{"passphrase":"wrong"}\n{"passphrase":"right"}\n');
  await vi.waitFor(() => expect(replies).toHaveLength(2), PATIENCE_MS);
  socket.destroy();
  expect(replies.map((line) => JSON.parse(line).status)).toEqual(['wrong', 'early']);
  expect(tries).not.toContain('right');
});

test('nobody waits in a folder that others can write to', async () => {
  chmodSync(folder, 0o770);
  await expect((await sealed()).waiting).rejects.toMatchObject({ code: 'forbidden', reason: 'socket-folder' });
  expect(existsSync(socketPath)).toBe(false);
});

test.each([
  ['a socket that others can open', () => chmodSync(socketPath, 0o666)],
  ['a folder that others can write to', () => chmodSync(folder, 0o777)],
])('the passphrase is not said over %s', async (_name, open) => {
  await sealed();
  open();
  await expect(unlockOver(socketPath, 'right')).rejects.toMatchObject({ reason: 'socket-forbidden' });
  expect(tries).toEqual([]);
});

const isRoot = process.geteuid!() === 0;
if (!isRoot) console.log('Left out: only root can give a socket to another account.');
test.runIf(isRoot)('the passphrase is not said to a socket of another account', async () => {
  const planted = createServer((socket) => socket.on('data', (data) => tries.push(String(data)))).listen(socketPath);
  await new Promise((resolve) => planted.once('listening', resolve));
  chmodSync(socketPath, 0o600);
  chownSync(socketPath, 65_534, 65_534);
  await expect(unlockOver(socketPath, 'right')).rejects.toMatchObject({ reason: 'socket-forbidden' });
  expect(tries).toEqual([]);
  planted.close();
});

test('a path too long and a missing folder are clear errors', async () => {
  socketPath = join(folder, 'x'.repeat(100), 'bot.sock');
  await expect((await sealed()).waiting).rejects.toMatchObject({ code: 'invalid', reason: 'socket-path' });
  socketPath = join(folder, 'none', 'bot.sock');
  await expect((await sealed()).waiting).rejects.toMatchObject({ code: 'unavailable', reason: 'state-dir' });
});

test('a connection that says nothing is closed', async () => {
  await sealed(tryUnlock, 300);
  const silent = connect(socketPath);
  // Without a limit this never comes.
  await once(silent, 'close');
  expect(tries).toEqual([]);
});

test('a connection that says nothing after a wrong try is closed too', async () => {
  await sealed(tryUnlock, 300);
  const silent = connect(socketPath);
  silent.write(`${JSON.stringify({ passphrase: 'wrong' })}\n`);
  silent.resume();
  await once(silent, 'close');
  expect(tries).toEqual(['wrong']);
});
