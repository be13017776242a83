import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { keepDraft } from '../../../ops/setup/draft.ts';
import { addSetupCommand } from '../../../ops/setup/setup-command.ts';

// What somebody at a terminal is asked and told. No homeserver answers here, so that nothing is ever set up.

let folder: string;
let data: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kin-command-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  data = join(folder, 'data');
  mkdirSync(data);
  // A draft goes before what may lie in /srv/kinkeeper of this machine.
  keepDraft(join(folder, 'draft'), { language: 'en' });
});

/** Runs `kinkeeper setup` with these lines typed; the input ends after them. */
async function runSetup(typed: readonly string[]) {
  const rest = [...typed];
  const asked: string[] = [];
  const said: string[] = [];
  const codes: number[] = [];
  const program = new Command().exitOverride();
  addSetupCommand(program, {
    asker: () => ({
      line: async (question) => {
        asked.push(question);
        const next = rest.shift();
        if (next === undefined) throw new AppError('unavailable', 'nothing more was typed');
        return next;
      },
      close: () => undefined,
    }),
    say: (line) => said.push(line),
    ...{ columns: 80, clock: Date.now, useEngine: () => undefined, ended: (code) => codes.push(code) },
    draft: join(folder, 'draft'),
    product: { node: process.execPath, product: folder },
    stop: () => new AbortController().signal,
  });
  const failure = await program.parseAsync(['node', 'kinkeeper', 'setup']).then(
    () => undefined,
    (thrown: unknown) => (thrown as Error).message,
  );
  return { asked, said: said.join('\n'), code: codes[0], failure };
}

const HOUSEHOLD = `kind: bare
serverName: home.test
homeserver: http://127.0.0.1:9
data: /moved/from/there
start: detached
people: [{ name: ada, role: admin }]
`;

test('who names the folder of a household goes on with the answers that lie there', async () => {
  writeFileSync(join(data, 'answers.yaml'), HOUSEHOLD);
  const { asked, said, code } = await runSetup(['en', 'bare', data, '']);
  expect(asked.at(-1)).toContain(`Take its answers as they are (${join(data, 'answers.yaml')})?`);
  expect(said).toContain('No Synapse answers at http://127.0.0.1:9');
  expect(code).toBe(1);
  expect(readFileSync(join(data, 'answers.yaml'), 'utf8')).toBe(HOUSEHOLD);
  // That run was stopped by its checks: the next one offers the same.
  const again = await runSetup(['']);
  expect(again.asked).toEqual([expect.stringContaining('Take the answers of last time as they are')]);
  expect(again.said).toContain('No Synapse answers at http://127.0.0.1:9');
});

test('where those cannot be used, it says why and asks', async () => {
  writeFileSync(join(data, 'answers.yaml'), HOUSEHOLD.replace('start: detached', 'start: by hand'));
  const { asked, said, failure } = await runSetup(['en', 'bare', data]);
  expect(said).toContain('start: expected systemd or detached');
  expect(asked.at(-1)).toContain('Your family’s domain');
  expect(failure).toBe('nothing more was typed');
});
