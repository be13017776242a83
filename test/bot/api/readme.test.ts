import { spawn } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ADA, ApiHouse } from './api-house.ts';

// What README says of the HTTP API, typed as it stands there into a real shell with a real curl; only the server's address is another one.

const README = readFileSync(new URL('../../../README.md', import.meta.url), 'utf8');
const section = /\n## Over HTTP\n[\s\S]*?(?=\n## )/.exec(README)![0];
const [lines = '', script = ''] = section.split(/\n(?! {4}|\n)/).flatMap((block) => {
  const code = block
    .split('\n')
    .filter((line) => line.startsWith('    '))
    .map((line) => line.slice(4));
  return code.length > 0 ? [code.join('\n')] : [];
});

let house: ApiHouse;
let folder: string;
beforeEach(async () => {
  house = await new ApiHouse().open();
  folder = mkdtempSync(join(tmpdir(), 'kinkeeper-readme-'));
});
afterEach(async () => {
  await house[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function sh(text: string, { key = '', args = [] as string[] } = {}): Promise<{ code: number; said: string }> {
  const env = { PATH: process.env.PATH, HOME: folder, KEY: key };
  const typed = text.replaceAll('https://your.server', house.url);
  const child = spawn('sh', ['-c', typed, 'send-scans', ...args], { cwd: folder, env });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk));
  const code = await new Promise<number>((resolve) => child.on('close', resolve));
  return { code, said };
}

const documents = () => house.desk!.documents(house.callerOf(ADA), { after: 0, limit: 99 }).documents;
const keep = (key: string) => writeFileSync(join(folder, '.kinkeeper-key'), `Authorization: Bearer ${key}\n`);

test('the lines for a shell keep a file, keep it under another name, and get an answer', async () => {
  writeFileSync(join(folder, 'scan.pdf'), 'The rent of the flat in Linden is 940 euros a month.');
  const { said } = await sh(lines, { key: house.key(ADA, ['upload', 'read', 'ask']) });
  expect(said).toContain('"state":"kept"');
  expect(said).toContain('"known":true');
  expect(said).toMatch(/"kind":"passages","text":".*940 euros/);
  expect(documents()).toMatchObject([{ name: 'scan.pdf' }]);
});

test('the loop for a scanner sends each file once, keeps them all, and leaves alone what is still written', async () => {
  keep(house.key(ADA, ['upload']));
  const scans = join(folder, 'scans');
  mkdirSync(scans);
  const lay = (name: string, bytes: string, secondsAgo = 300) => {
    writeFileSync(join(scans, name), bytes);
    const at = Date.now() / 1000 - secondsAgo;
    utimesSync(join(scans, name), at, at);
  };
  const run = () => sh(script, { args: [scans] });
  lay('Scan; of, the (lease) "ä".txt', 'The deposit is three months of rent.'.repeat(3));
  lay('-o.txt', 'A name that looks like an option.');
  // Refused before anything is read, so that no slow machine makes it a file that is still being read.
  lay('empty.bin', '');
  lay('fresh.txt', 'Still being written.', 0);
  expect(await run()).toEqual({ code: 0, said: '' });
  expect(readdirSync(scans).sort()).toEqual(['fresh.txt', 'refused', 'sent']);
  expect(
    readdirSync(join(scans, 'sent'))
      .map((name) => name.slice(16))
      .sort(),
  ).toEqual(['-o.txt', 'Scan; of, the (lease) "ä".txt']);
  expect(readdirSync(join(scans, 'refused'))).toEqual([expect.stringMatching(/^\d{8}-\d{6}-empty\.bin$/)]);
  expect(
    documents()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['-o.txt', expect.stringMatching(/^Scan; of, the/)]);

  lay('later.txt', 'Sent while the server is locked.');
  house.isSealed = true;
  expect(await run()).toEqual({ code: 0, said: '' });
  expect(existsSync(join(scans, 'later.txt'))).toBe(true);
  house.isSealed = false;
  house.state.control.apiKeys.endAll();
  expect(await run()).toEqual({ code: 1, said: 'the key does not open this (any more): 401\n' });
  expect(existsSync(join(scans, 'later.txt'))).toBe(true);
  keep(house.key(ADA, ['upload']));
  expect(await run()).toEqual({ code: 0, said: '' });
  expect(existsSync(join(scans, 'later.txt'))).toBe(false);
  expect(documents()).toHaveLength(3);
});
