import { expect, test, vi } from 'vitest';
import { checkSandbox } from '../../../core/ingest/check-sandbox.ts';
import { namespaceWorks } from '../../../core/ingest/sandbox.ts';

// Each case starts processes; the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

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
