import fs, {
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  fileDiffers,
  folderDiffers,
  giveAccess,
  openLog,
  placeFile,
  placeFolder,
  readPlainFile,
} from '../../../ops/setup/place.ts';
import type { PlanFacts } from '../../../ops/setup/plan/plan.ts';
import { planSetup } from '../../../ops/setup/plan/plan-setup.ts';
import { checkAnswers } from '../../../ops/setup/read-answers.ts';
import { startServices } from '../../../ops/setup/start-services.ts';
import { FRESH_MACHINE } from './fresh-machine.ts';

// Between set-up's look and its acts an account of a container may put a link where set-up saw its own folder or file.

const self = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
let folder: string;
let victim: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-place-'));
  victim = join(folder, 'victim');
});
afterEach(() => rmSync(folder, { recursive: true }));

function modeOf(path: string): number {
  return statSync(path).mode & 0o7777;
}

test('a folder that was swapped for a link after it was looked at is refused, and where it leads stays as it is', () => {
  mkdirSync(victim, { mode: 0o755 });
  const planned = { path: join(folder, 'media_store'), mode: 0o2750, owner: self };
  placeFolder({ ...planned, mode: 0o700 });
  expect(folderDiffers(planned)).toBe('access');
  rmdirSync(planned.path);
  symlinkSync(victim, planned.path);
  expect(() => placeFolder(planned)).toThrow('is not a folder');
  expect(modeOf(victim)).toBe(0o755);
});

test.each([
  { what: 'a link', put: (path: string) => symlinkSync(victim, path) },
  { what: 'a second name of another file', put: (path: string) => linkSync(victim, path) },
])('a file that was swapped for $what is neither given away nor read', ({ put }) => {
  writeFileSync(victim, 'root’s own', { mode: 0o600 });
  const planned = { path: join(folder, 'signing.key'), mode: 0o640, owner: self };
  placeFile({ ...planned, mode: 0o600, content: 'key' });
  expect(fileDiffers(planned)).toBe('access');
  rmSync(planned.path);
  put(planned.path);
  expect(() => giveAccess(planned)).toThrow('is not a file');
  expect(() => readPlainFile(planned.path)).toThrow('is not a file');
  expect(() => openLog(planned.path, self)).toThrow('is not a file');
  expect(modeOf(victim)).toBe(0o600);
});

test('bot and ops in the background do not write through a link that lies in the place of their log', async () => {
  const data = join(folder, 'data');
  mkdirSync(join(data, 'logs'), { recursive: true });
  writeFileSync(victim, 'root’s own');
  symlinkSync(victim, join(data, 'logs', 'bot.log'));
  const answers = {
    kind: 'bare',
    serverName: 'home.test',
    homeserver: 'http://127.0.0.1:8008',
    start: 'detached',
    data,
  };
  const facts: PlanFacts = {
    ...FRESH_MACHINE,
    ...{ self, node: process.execPath, product: join(folder, 'product') },
  };
  const plan = planSetup(checkAnswers({ ...answers, people: [{ name: 'ada', role: 'admin' }] }, 'test'), facts);
  await expect(startServices(plan, facts)).rejects.toThrow('is not a file');
  expect(readFileSync(victim, 'utf8')).toBe('root’s own');
});

test('a log goes on where it ended', () => {
  const path = join(folder, 'bot.log');
  for (const line of ['one\n', 'two\n']) {
    const handle = openLog(path, self);
    writeFileSync(handle, line);
    closeSync(handle);
  }
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  expect(modeOf(path)).toBe(0o600);
});

test('a file is read by nobody else before it has its owner', () => {
  const modesBefore: number[] = [];
  const { fchownSync } = fs;
  fs.fchownSync = (handle, uid, gid) => {
    modesBefore.push(statSync(`/proc/self/fd/${handle}`).mode & 0o777);
    fchownSync(handle, uid, gid);
  };
  syncBuiltinESMExports();
  const umask = process.umask(0);
  try {
    placeFile({ path: join(folder, 'passphrase'), mode: 0o644, owner: self, content: 'secret' });
  } finally {
    process.umask(umask);
    fs.fchownSync = fchownSync;
    syncBuiltinESMExports();
  }
  expect(modesBefore).toEqual([0o600]);
  renameSync(join(folder, 'passphrase'), victim);
  expect(modeOf(victim)).toBe(0o644);
});
