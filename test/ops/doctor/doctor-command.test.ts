import { Command } from 'commander';
import { expect, test } from 'vitest';
import { addDoctorCommand } from '../../../ops/doctor/doctor-command.ts';
import type { Finding } from '../../../ops/doctor/finding.ts';

/** What the doctor prints of findings. */
async function printed(findings: Finding[]): Promise<string> {
  const lines: string[] = [];
  const program = new Command().exitOverride();
  const config = ['--config <file>', 'settings'] as const;
  addDoctorCommand(program, {
    ...{ config, examine: async () => findings, say: (line) => lines.push(line), ended: () => undefined },
  });
  await program.parseAsync(['doctor'], { from: 'user' });
  return lines.join('\n');
}

test('a name of a file moves nothing on the terminal, and hides no word of what is to be typed', async () => {
  const name = 'a\u001b[2J\rb\nc\u202ed';
  const said = await printed([
    { check: 'owners', status: 'fail', says: `${name} is not theirs`, fix: `chown 10001 '${name}'` },
  ]);
  expect(said).toContain('a?[2J?b?c?d is not theirs');
  expect(said.split('\n')).toHaveLength(2);
  expect(said.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});
