import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createLogger } from '../../core/log.ts';
import { RotatingFile } from '../../core/rotating-file.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-log-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the log goes to the file, a full one is put aside, the oldest goes, and no line is cut or lost before that', () => {
  const path = join(folder, 'logs', 'kinkeeper.log');
  const log = () =>
    createLogger({ name: 'bot', level: 'info', destination: new RotatingFile({ path, bytes: 2000, files: 3 }) });
  let first = log();
  for (let count = 0; count < 100; count++) {
    // A restart goes on where the last run ended.
    if (count % 7 === 6) first = log();
    first.info({ count }, 'a line of the log');
  }
  expect(readdirSync(join(folder, 'logs')).sort()).toEqual(['', '.1', '.2', '.3'].map((end) => `kinkeeper.log${end}`));
  const read = (name: string) =>
    readFileSync(join(folder, 'logs', name), 'utf8')
      .trimEnd()
      .split('\n');
  const counts = ['kinkeeper.log.3', 'kinkeeper.log.2', 'kinkeeper.log.1', 'kinkeeper.log'].flatMap((name) =>
    read(name).map((line) => (JSON.parse(line) as { count: number }).count),
  );
  expect(counts).toEqual(Array.from({ length: counts.length }, (_, at) => 100 - counts.length + at));
  for (const name of readdirSync(join(folder, 'logs'))) {
    expect(statSync(join(folder, 'logs', name)).size).toBeLessThanOrEqual(2000);
    expect(statSync(join(folder, 'logs', name)).mode & 0o777).toBe(0o600);
  }
});

test('a file that cannot be written stops the start, with what to do', () => {
  expect(() => new RotatingFile({ path: '/proc/no/such.log', bytes: 1e5, files: 1 })).toThrow(
    expect.objectContaining({ code: 'invalid', hint: expect.stringMatching(/logFile\.path/) }),
  );
});
