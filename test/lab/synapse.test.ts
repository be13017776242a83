import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { BareChat } from './bare-chat.ts';
import { callJson, type HomeserverError } from './call-json.ts';
import { type Session, type Synapse, startSynapse } from './synapse.ts';

let synapse: Synapse;
let ada: Session;

beforeAll(async () => {
  synapse = await startSynapse({ rateLimits: 'default', roomVersion: '11', maxUploadBytes: 1_000 });
  await synapse.register('ada', 'pw-ada');
  ada = await synapse.login('ada', 'pw-ada');
});

afterAll(() => synapse?.stop());

function asAda<Answer>(method: string, path: string, body: unknown): Promise<Answer> {
  return callJson(`${synapse.baseUrl}/_matrix/client/v3${path}`, { method, accessToken: ada.accessToken, body });
}

async function sendMany(roomId: string, count: number): Promise<number> {
  const sent = Array.from({ length: count }, (_, index) =>
    asAda('PUT', `/rooms/${encodeURIComponent(roomId)}/send/m.room.message/t${Date.now()}-${index}`, {
      msgtype: 'm.text',
      body: `${index}`,
    }),
  );
  const refused = (await Promise.allSettled(sent)).filter((result) => result.status === 'rejected');
  for (const { reason } of refused) expect(reason).toMatchObject({ status: 429, errcode: 'M_LIMIT_EXCEEDED' });
  return refused.length;
}

test('the default limits refuse a burst of messages until an admin lifts them for the user', async () => {
  const { room_id: roomId } = await asAda<{ room_id: string }>('POST', '/createRoom', { preset: 'public_chat' });
  expect(await sendMany(roomId, 15)).toBeGreaterThan(0);
  await synapse.overrideRateLimit(ada.userId);
  expect(await sendMany(roomId, 15)).toBe(0);
});

test('a private room is encrypted by the server and has the version that was asked for', async () => {
  const { room_id: roomId } = await asAda<{ room_id: string }>('POST', '/createRoom', { preset: 'private_chat' });
  const state = (type: string) => asAda('GET', `/rooms/${encodeURIComponent(roomId)}/state/${type}/`, undefined);
  expect(await state('m.room.encryption')).toMatchObject({ algorithm: 'm.megolm.v1.aes-sha2' });
  expect(await state('m.room.create')).toMatchObject({ room_version: '11' });
});

test('an upload above the limit is refused', async () => {
  const upload = callJson(`${synapse.baseUrl}/_matrix/media/v3/upload`, {
    method: 'POST',
    accessToken: ada.accessToken,
    body: 'x'.repeat(2_000),
  });
  await expect(upload).rejects.toSatisfy((error: HomeserverError) => error.status === 413);
});

test.each([{ kill: false }, { kill: true }])('a restart ($kill) keeps port, accounts and sessions', async ({
  kill,
}) => {
  const before = synapse.pid;
  await synapse.restart({ kill });
  expect(synapse.pid).not.toBe(before);
  expect(await asAda('GET', '/account/whoami', undefined)).toMatchObject({ user_id: ada.userId });
});

test('the bare round trip of two clients is measured', async () => {
  const chat = await BareChat.open(synapse);
  for (let time = 0; time < 2; time++) expect(await chat.roundTrip()).toBeGreaterThan(0);
});

test('the server ends when the process that started it is killed', async () => {
  const program = `
    const { startSynapse } = await import(${JSON.stringify(new URL('./synapse.ts', import.meta.url).href)});
    const synapse = await startSynapse({ rateLimits: 'lifted' });
    console.log(JSON.stringify({ pid: synapse.pid, dir: synapse.dir }));
    setInterval(() => undefined, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = await new Promise<string>((resolve) => parent.stdout.once('data', (data) => resolve(String(data))));
  const { pid, dir } = JSON.parse(line) as { pid: number; dir: string };
  expect(existsSync(dir)).toBe(true);
  expect(isRunning(pid)).toBe(true);
  parent.kill('SIGKILL');
  await expect.poll(() => isRunning(pid)).toBe(false);
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
