import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterEach, beforeEach, expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const ONE_RUN = join(ROOT, 'ops/setup/one-run.ts');
const KINKEEPER = join(ROOT, 'ops/kinkeeper.ts');

let folder: string;
let answers: string;
let worker: ChildProcess | undefined;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-one-run-'));
  answers = join(folder, 'answers.yaml');
});
afterEach(() => {
  worker?.kill('SIGKILL');
  rmSync(folder, { recursive: true });
});

/** Set-up of a household beside a Synapse that is not there: it looks at the machine, and stops by itself. */
async function setUp(data: string, language: 'en' | 'de', ...options: string[]) {
  const lines = [`kind: bare`, `language: ${language}`, `data: ${data}`, 'serverName: home.test', 'start: detached'];
  writeFileSync(
    answers,
    [...lines, 'homeserver: http://127.0.0.1:9', 'people: [{ name: ada, role: admin }]'].join('\n'),
  );
  const { all, exitCode } = await execa(process.execPath, [KINKEEPER, 'setup', '--answers', answers, ...options], {
    reject: false,
    all: true,
    env: { HOME: folder },
  });
  return { said: all, code: exitCode };
}

/** A process that is at work on a folder, until it is killed. */
async function atWork(data: string) {
  const script = `import { oneRun } from ${JSON.stringify(ONE_RUN)}; globalThis.kept = oneRun(${JSON.stringify(data)}); console.log(kept ? 'at work' : 'refused'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module-typescript', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  worker = child;
  const [first] = await once(child.stdout, 'data');
  expect(String(first).trim()).toBe('at work');
  return async () => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
}

test('a second run on the same folder is refused, changes nothing, and a killed one bars nobody', async () => {
  const data = join(folder, 'data');
  const kill = await atWork(data);
  const english = await setUp(data, 'en');
  expect(english.said).toBe(
    `Another run of set-up is at work on ${data}. Nothing was changed. Wait until it has ended, or end it there with Ctrl-C; then run this again.`,
  );
  expect(english.code).toBe(1);
  expect((await setUp(data, 'de')).said).toMatch(/^Eine andere Einrichtung arbeitet schon an .*Nichts wurde geändert/);
  // Another household, and a look, are nobody's business.
  expect((await setUp(join(folder, 'other'), 'en')).said).not.toContain('Another run');
  expect((await setUp(data, 'en', '--show')).said).not.toContain('Another run');
  expect(readdirSync(folder)).not.toContain('data');
  await kill();
  expect((await setUp(data, 'en')).said).not.toContain('Another run');
});
