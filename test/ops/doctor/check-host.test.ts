import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { checkHost } from '../../../ops/doctor/check-host.ts';
import { checkSetup } from '../../../ops/doctor/check-setup.ts';
import { checkWayIn } from '../../../ops/doctor/check-way-in.ts';
import { Progress } from '../../../ops/setup/progress.ts';
import { listen } from '../../listen.ts';
import { TELLING } from './telling.ts';

const GOOD = { clockSynchronised: true, hasPlainSwap: false, isEncrypted: true, hasAvx2: true };
const MODELS = { embedding: { kind: 'none' }, answering: { kind: 'auto' } } as const;

test('a machine as it should be is called well, and each thing that is not has its next step', () => {
  expect(checkHost(GOOD, MODELS, TELLING).map(({ status }) => status)).toEqual(['ok', 'ok', 'ok', 'ok']);
  const bad = { clockSynchronised: false, hasPlainSwap: true, isEncrypted: false, hasAvx2: false };
  for (const finding of checkHost(bad, MODELS, TELLING))
    expect(finding).toMatchObject({ status: 'warn', fix: expect.stringMatching(/./) });
});

test('what cannot be told is never called well', () => {
  const unknown = { clockSynchronised: null, hasPlainSwap: null, isEncrypted: null, hasAvx2: null };
  expect(checkHost(unknown, MODELS, TELLING).filter(({ status }) => status === 'ok')).toEqual([]);
});

test('without a model the processor does not matter', () => {
  const without = { embedding: { kind: 'none' }, answering: { kind: 'extractive' } } as const;
  expect(checkHost({ ...GOOD, hasAvx2: false }, without, TELLING).every(({ status }) => status === 'ok')).toBe(true);
});

test.each([
  { status: 403, found: ['ok'] },
  { status: 401, found: ['fail'] },
  { status: 502, found: [] },
])('a homeserver that answers $status to who wants an account', async ({ status, found }) => {
  const server = createServer((_request, response) => response.writeHead(status).end('{}'));
  onTestFinished(() => void server.close());
  const port = await listen(server);
  expect((await checkWayIn(`http://127.0.0.1:${port}`, Date.now(), TELLING)).map((one) => one.status)).toEqual(found);
});

test('a set-up that did not come to its end is told, and so are accounts that it left', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kin-doctor-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'config'));
  const settings = join(folder, 'config', 'kinkeeper.yaml');
  expect(checkSetup(settings, TELLING)).toEqual([]);
  const progress = new Progress(join(folder, 'setup.json'));
  progress.markDone({ act: 'start', key: '1' });
  expect(checkSetup(settings, TELLING)).toMatchObject([
    { status: 'warn', fix: expect.stringContaining('npm run kinkeeper -- setup') },
  ]);
  progress.markDone({ act: 'first-message', key: '1' });
  expect(checkSetup(settings, TELLING)).toMatchObject([{ status: 'ok' }]);
  progress.change({ guests: [{ user: 'g', password: 'p' }] });
  expect(checkSetup(settings, TELLING)).toMatchObject([{ status: 'warn' }]);
  writeFileSync(join(folder, 'setup.json'), 'no JSON');
  expect(checkSetup(settings, TELLING)).toMatchObject([{ status: 'fail' }]);
});
