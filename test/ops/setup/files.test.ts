import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeSecret, randomSecret } from '../../../ops/setup/make-secret.ts';
import { fileDiffers, folderDiffers, placeFile, placeFolder } from '../../../ops/setup/place.ts';
import { Progress } from '../../../ops/setup/progress.ts';
import { showDifference } from '../../../ops/setup/show-difference.ts';

let folder: string;
const owner = { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 };
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-setup-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a file is written once, and its content and access are compared', () => {
  const file = { path: join(folder, 'config', 'a.yaml'), mode: 0o640, owner, content: 'a: 1\n' };
  expect(fileDiffers(file)).toBe('missing');
  placeFile(file);
  expect(fileDiffers(file)).toBeUndefined();
  expect(statSync(file.path).mode & 0o777).toBe(0o640);
  expect(fileDiffers({ ...file, content: 'a: 2\n' })).toBe('content');
  expect(fileDiffers({ ...file, mode: 0o600 })).toBe('access');
});

test('a folder gets its access whatever the mask is', () => {
  const one = { path: join(folder, 'deep', 'er'), mode: 0o755, owner };
  placeFolder(one);
  expect(folderDiffers(one)).toBeUndefined();
  expect(folderDiffers({ ...one, mode: 0o700 })).toBe('access');
});

test('a link in the place of a file is not followed: nothing is written elsewhere', () => {
  const target = join(folder, 'target');
  writeFileSync(target, 'mine');
  symlinkSync(target, join(folder, 'link'));
  const file = { path: join(folder, 'link'), mode: 0o600, owner, content: 'ours' };
  expect(() => fileDiffers(file)).toThrow('is not a file');
  placeFile(file);
  expect(readFileSync(target, 'utf8')).toBe('mine');
});

test('a folder in the place of a file is named', () => {
  mkdirSync(join(folder, 'x'));
  expect(() => fileDiffers({ path: join(folder, 'x'), mode: 0o600, owner })).toThrow('is not a file');
});

test('a difference shows what changed with a little around it', () => {
  const before = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i'].join('\n');
  expect(showDifference(`${before}\n`, `${before.replace('e', 'E')}\n`)).toEqual(
    ['…', ' c', ' d', '-e', '+E', ' f', ' g', '…'].slice(1),
  );
  expect(showDifference(before, before)).toEqual([]);
  expect(showDifference('', 'x\ny\n')).toEqual(['+x', '+y']);
  expect(showDifference('x\ny\n', '')).toEqual(['-x', '-y']);
});

test('secrets are long, differ, and an address is made of the one that is there', () => {
  const made = new Set(Array.from({ length: 200 }, () => randomSecret()));
  expect(made.size).toBe(200);
  for (const one of made) expect(one).toMatch(/^[a-zA-Z2-9]{32}$/);
  const password = join(folder, 'postgres-password');
  writeFileSync(password, 'secret\n');
  const make = {
    kind: 'around',
    of: password,
    before: 'postgresql://synapse:',
    after: '@postgres:5432/synapse',
  } as const;
  expect(makeSecret({ path: '', mode: 0o600, owner, make })).toBe('postgresql://synapse:secret@postgres:5432/synapse');
});

test('progress survives, and what changed is open again', () => {
  const file = join(folder, 'setup.json');
  const progress = new Progress(file);
  expect(progress.isDone({ act: 'start', key: '1' })).toBe(false);
  progress.markDone({ act: 'start', key: '1' });
  progress.markDone({ act: 'rate-limit', key: 'kin' });
  progress.change({ helper: { user: 'kinkeeper-setup-x', password: 'p' } });
  const again = new Progress(file);
  expect(again.isDone({ act: 'start', key: '1' })).toBe(true);
  expect(again.isDone({ act: 'start', key: '2' })).toBe(false);
  again.undo(['start']);
  again.forgetHelper();
  const last = new Progress(file);
  expect(last.now).toEqual({
    ...{ version: 1, done: { 'rate-limit': 'kin' }, started: false, finished: false, guests: [], cards: {} },
  });
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('a damaged progress file says what to do', () => {
  const file = join(folder, 'setup.json');
  writeFileSync(file, '{"version":1,');
  expect(() => new Progress(file)).toThrow('is damaged');
});
