import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';

const DEMO = fileURLToPath(new URL('../demo/demo.ts', import.meta.url));
const STEPS = 14;
const TIME_LIMIT_MS = 300_000;

let temporary: string;
beforeAll(() => {
  temporary = mkdtempSync(join(tmpdir(), 'kinkeeper-demo-test-'));
});
afterAll(() => rmSync(temporary, { recursive: true, force: true }));

/** Starts the demo as npm does, without a terminal and with no other models than the built-in ones. */
function startDemo(...args: string[]) {
  const env = { ...process.env, TMPDIR: temporary, NO_COLOR: '1' };
  const models = { KINKEEPER_EMBEDDING_KIND: 'none', KINKEEPER_ANSWERING_KIND: 'extractive' };
  const child = spawn(process.execPath, [DEMO, ...args], {
    env: { ...env, ...models },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (part: string) => {
      output += part;
    });
  return { child, output: () => output, ended: once(child, 'close') };
}

it('plays the whole afternoon in encrypted rooms, invites the reader in, and leaves nothing behind after Ctrl-C', {
  timeout: TIME_LIMIT_MS,
}, async () => {
  const demo = startDemo();
  await expect.poll(demo.output, { timeout: TIME_LIMIT_MS, interval: 200 }).toMatch(/until Ctrl-C|Not shown|could not/);
  const shown = demo.output();
  expect(shown).toContain(`${STEPS} of ${STEPS} steps showed what they should`);
  expect(shown).toMatch(/Kin +I read Home insurance 2026\.pdf: 4 pages/);
  expect(shown).toMatch(/\[1\] Home insurance 2026\.pdf, page 3/);
  expect(shown).toContain('✓ nothing of Ben’s reached her');
  expect(shown).toContain('Kin declined the invitation.');
  expect(shown).toContain('You deleted the message, so I forgot House codes.csv');
  expect(shown).toMatch(/\d\d encrypted messages in 4 rooms, \d\d of them by Kin; 0 by Kin in the clear/);
  expect(shown).toMatch(/@dora:home\.test +password \S+/);
  demo.child.kill('SIGINT');
  expect(await demo.ended).toEqual([0, null]);
  expect(readdirSync(temporary)).toEqual([]);
});

it('plays the same afternoon in the console where there is no homeserver, and ends with 0', {
  timeout: TIME_LIMIT_MS,
}, async () => {
  const demo = startDemo('--once', '--console');
  const [code] = await demo.ended;
  expect(demo.output()).toContain(`${STEPS} of ${STEPS} steps showed what they should`);
  expect(demo.output()).toContain('@otto:home.test is not known here');
  expect(code).toBe(0);
  expect(readdirSync(temporary)).toEqual([]);
});

it('ends with 2 and the usage for an option that it does not have', async () => {
  const demo = startDemo('--twice');
  expect(await demo.ended).toEqual([2, null]);
  expect(demo.output()).toContain('--once');
});
