import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { portInside } from '../../../ops/setup/port-inside.ts';
import { listen } from '../../listen.ts';

test.runIf(process.getuid?.() === 0)('a port inside of a process’s network is reached by one of ours', async () => {
  const server = createServer((asked, answer) => answer.end(`inside: ${asked.url}`));
  onTestFinished(() => void server.close());
  const there = await listen(server);
  const here = await portInside(process.pid, there);
  expect(here).not.toBe(there);
  const said = await Promise.all(
    ['/a', '/b'].map(async (path) => (await fetch(`http://127.0.0.1:${here}${path}`)).text()),
  );
  expect(said).toEqual(['inside: /a', 'inside: /b']);
  // The same one again, for who asks again.
  expect(await portInside(process.pid, there)).toBe(here);
});
