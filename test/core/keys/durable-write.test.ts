import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeDurably } from '../../../core/keys/durable-write.ts';
import { storageFault } from '../../../core/keys/storage-fault.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kinkeeper-write-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a file is replaced whole, for its owner only, and nothing else is left', () => {
  const path = join(folder, 'keys.json');
  writeFileSync(path, 'old', { mode: 0o644 });
  expect(writeDurably(path, 'new', { exclusive: false })).toBe(true);
  expect(readFileSync(path, 'utf8')).toBe('new');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(readdirSync(folder)).toEqual(['keys.json']);
});

test('an exclusive write never touches what is there', () => {
  const path = join(folder, 'keys.json');
  expect(writeDurably(path, 'first', { exclusive: true })).toBe(true);
  expect(writeDurably(path, 'second', { exclusive: true })).toBe(false);
  expect(readFileSync(path, 'utf8')).toBe('first');
  expect(readdirSync(folder)).toEqual(['keys.json']);
});

if (!existsSync('/dev/full')) console.log('Left out: this machine has no /dev/full to stand for a full disk.');
test.skipIf(!existsSync('/dev/full'))('a full disk is named, with the cause kept', () => {
  let thrown: unknown;
  try {
    writeFileSync('/dev/full', 'anything');
  } catch (fault) {
    thrown = fault;
  }
  expect(storageFault(thrown, folder)).toMatchObject({ code: 'unavailable', reason: 'disk-full', cause: thrown });
});
