import { once } from 'node:events';
import { readFileSync, readlinkSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { checkSandbox } from '../../../core/ingest/check-sandbox.ts';
import { namespaceWorks, startSandboxed } from '../../../core/ingest/sandbox.ts';
import { PATIENCE_MS } from '../../patience.ts';
import { preloadChildren } from './preload-children.ts';
import { read } from './reading.ts';

const CLOSED = { network: false, files: false, writing: false, programs: false };

test('a child in the sandbox reaches no network, no file, no program, writes nothing and gets no memory without end', async () => {
  const report = await checkSandbox();
  console.log(report);
  expect(report).toMatchObject({ ...CLOSED, closed: true });
  expect(report.megabytes).toBeLessThanOrEqual(448);
});

test('the lock alone closes everything, where namespaces and permissions fail', async () => {
  expect(await checkSandbox({ namespace: false, permissions: false })).toMatchObject({ ...CLOSED, closed: true });
});

test('the namespace alone closes the network', async () => {
  if (!(await namespaceWorks()))
    console.warn('NOT SHOWN HERE: this machine allows no network namespaces; the lock closes the network alone');
  const { network, namespace } = await checkSandbox({ lock: false, permissions: false });
  expect(network).toBe(!namespace);
});

test('the permission model alone closes files and programs', async () => {
  expect(await checkSandbox({ namespace: false, lock: false })).toMatchObject({ ...CLOSED, network: true });
});

test('the probe notices when the walls are down; only writing is still refused, by the file size limit', async () => {
  const report = await checkSandbox({ namespace: false, permissions: false, lock: false });
  expect(report).toMatchObject({
    network: true,
    files: true,
    writing: false,
    programs: true,
    megabytes: 1024,
    closed: false,
  });
});

test('a child is told nothing of the environment, where keys and tokens may stand', async () => {
  process.env.KINKEEPER_CANARY = 'canary';
  const script = fileURLToPath(new URL('../../../core/extract/probe.ts', import.meta.url));
  const child = startSandboxed({ script, cpuSeconds: 10, namespace: false, permissions: true });
  try {
    await once(child, 'spawn');
    const place = `/proc/${child.pid}`;
    expect(readFileSync(`${place}/environ`, 'utf8')).toBe('');
    expect(readlinkSync(`${place}/cwd`)).toBe('/');
  } finally {
    delete process.env.KINKEEPER_CANARY;
    child.kill('SIGKILL');
  }
});

/** Says by a signal to the parent that it got to a file or a program before the lock was there. */
const BREAKOUT = `
import { readFileSync } from 'node:fs'; import { spawnSync } from 'node:child_process';
const tries = [() => readFileSync('/etc/passwd'), () => { if (spawnSync('/bin/true').error) throw new Error(); }];
for (const attempt of tries) { try { attempt(); process.kill(process.ppid, 'SIGUSR2'); } catch {} }
`;

test('while it loads, before the lock, the child that reads a file reaches no other file and no program', async () => {
  let breakouts = 0;
  const notice = () => breakouts++;
  process.on('SIGUSR2', notice);
  const restore = preloadChildren(BREAKOUT);
  try {
    expect((await read('Hello', 'a.txt')).pages[0]!.text).toBe('Hello');
    expect(breakouts).toBe(0);
    // Without the permission model the same code gets through: what it does not say above, it could have said.
    const script = fileURLToPath(new URL('../../../core/extract/probe.ts', import.meta.url));
    const child = startSandboxed({ script, cpuSeconds: 10, namespace: false, permissions: false });
    await vi.waitUntil(() => breakouts > 0, { timeout: PATIENCE_MS });
    child.kill('SIGKILL');
  } finally {
    restore();
    process.off('SIGUSR2', notice);
  }
});
