import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { expect, onTestFinished, test } from 'vitest';
import { addSetupCommand } from '../../../ops/setup/setup-command.ts';

// Laying a server of containers out for a restore is seen whole by `npm run prove:compose`.

test('services are not laid out for a restore: it says what comes first, and touches nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'kin-prepare-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const answers = join(folder, 'answers.yaml');
  const people = '[{ name: ada, role: admin }]';
  writeFileSync(
    answers,
    `kind: bare\nserverName: home.test\nhomeserver: http://127.0.0.1:9\ndata: ${folder}/data\npeople: ${people}\n`,
  );
  const program = new Command().exitOverride();
  addSetupCommand(program, {
    asker: () => {
      throw new Error('nobody is asked');
    },
    ...{
      say: () => {},
      columns: 80,
      clock: () => 0,
      useEngine: () => undefined,
      ended: () => {},
      draft: join(folder, 'draft'),
    },
    product: { node: process.execPath, product: folder },
    stop: () => new AbortController().signal,
  });
  const run = program.parseAsync(['node', 'kinkeeper', 'setup', '--answers', answers, '--prepare']);
  await expect(run).rejects.toThrow('Services are restored first');
  expect(readdirSync(folder)).toEqual(['answers.yaml']);
});
