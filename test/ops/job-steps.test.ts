import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { JOB_STEPS } from '../../bot/wording/facts/jobs.ts';
import { JOB_NAMES } from '../../core/job.ts';

const OPS = new URL('../../ops/', import.meta.url);

/** Every step that a job, or what it calls, tells: `progress({ step: 'health.probe' …`, `onProgress({ step: …`. */
const told = readdirSync(OPS, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.ts'))
  .flatMap((name) => [
    ...readFileSync(new URL(name, OPS), 'utf8').matchAll(/rogress(?:\?\.)?\(\{\s*step: ('[^']*'|`[^`]*`)/g),
  ])
  .map(([, step]) => step!.trim());

test('every step that a job tells is a key with words, and every such key is told', () => {
  expect([...new Set(told)].sort()).toEqual(JOB_STEPS.map((step) => `'${step}'`).sort());
});

test('steps are named after their job', () => {
  for (const step of JOB_STEPS) expect(JOB_NAMES).toContain(step.split('.')[0]);
});
