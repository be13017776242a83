import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { memoryLimit } from '../../../ops/doctor/container.ts';

// What a control group says of the memory that a container may take.

test.each([
  ['version 2 with a limit', ['1073741824\n'], 1_073_741_824],
  ['version 2 without one', ['max\n'], null],
  ['version 1 with a limit', [null, '536870912\n'], 536_870_912],
  ['version 1 without one', [null, '9223372036854771712\n'], null],
  ['none of both', [null, null], null],
])('%s', async (_name, contents, wanted) => {
  const folder = mkdtempSync(join(tmpdir(), 'kin-cgroup-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const files = contents.map((content, at) => {
    const file = join(folder, String(at));
    if (content !== null) writeFileSync(file, content);
    return file;
  });
  expect(await memoryLimit(files)).toBe(wanted);
});
