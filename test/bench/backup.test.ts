import { expect, test } from 'vitest';
import { runBench } from './run-bench.ts';

test('measures a backup beside others, each with what it wrote, or what is missing for it', async () => {
  const { code, figures } = await runBench('backup.ts', ['--mb', '20', '--json']);
  expect(code).toBe(0);
  const rows = figures[0]!.rows as {
    name: string;
    bytes?: number;
    missing?: string;
    failed?: string;
    verify?: object;
  }[];
  expect(rows.map(({ name }) => name)).toEqual(['kinkeeper', 'tar | zstd -1 | gpg', 'restic', 'borg']);
  for (const { name, bytes = 0, missing, failed } of rows) {
    expect(failed, name).toBeUndefined();
    if (missing === undefined) expect(bytes, name).toBeGreaterThan(10_000_000);
    else console.info(`left out: ${name} (not on this machine: ${missing})`);
  }
  expect(rows[0]!.verify).toBeDefined();
});
