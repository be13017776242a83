import { createServer } from 'node:tls';
import { expect, test } from 'vitest';
import { certificateDays } from '../../ops/health/read-certificate.ts';
import { listen } from '../listen.ts';
import { selfMade } from './second-way-servers.ts';

test('the days until a certificate ends come from a real handshake, also of one that has ended', async () => {
  const server = createServer(selfMade(10), (socket) => socket.on('error', () => {}));
  const port = await listen(server);
  for (const host of ['127.0.0.1', 'localhost']) {
    const days = await certificateDays(`https://${host}:${port}`, Date.now());
    expect(days).toBeGreaterThan(9.9);
    expect(days).toBeLessThanOrEqual(10);
  }
  expect(await certificateDays(`https://127.0.0.1:${port}`, Date.now() + 12 * 86_400_000)).toBeLessThan(-1.9);
  await new Promise((resolve) => server.close(resolve));
  expect(await certificateDays(`https://127.0.0.1:${port}`, Date.now())).toBeNull();
  expect(await certificateDays('http://127.0.0.1:8008', Date.now())).toBeNull();
});
