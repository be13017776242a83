import { styleText } from 'node:util';
import type { Command } from 'commander';
import { EXIT } from '../../core/exit.ts';
import type { Finding } from './finding.ts';

/** How `kinkeeper doctor` gets its work: the entry file knows the settings file and the environment. */
export interface DoctorCommandParts {
  readonly examine: (options: { config?: string }) => Promise<Finding[]>;
  readonly say: (line: string) => void;
  readonly config: readonly [string, string];
  readonly ended: (code: number) => void;
}

/** Adds `kinkeeper doctor` to the program. It ends with 2 when the settings are wrong, with 1 when anything else is. */
export function addDoctorCommand(program: Command, parts: DoctorCommandParts): void {
  program
    .command('doctor')
    .description('look at settings, state, network and machine, and say what to mend')
    .option(...parts.config)
    .option('--json', 'findings as JSON')
    .action(async (options) => parts.ended(await doctor(parts, options)));
}

async function doctor(
  { examine, say }: DoctorCommandParts,
  options: { config?: string; json?: boolean },
): Promise<number> {
  const findings = await examine(options);
  const failed = findings.filter((finding) => finding.status === 'fail');
  if (options.json) say(JSON.stringify({ ok: failed.length === 0, findings }, null, 2));
  else for (const finding of findings) say(findingLines(finding));
  if (failed.length === 0) return EXIT.done;
  return failed.some((finding) => finding.check === 'settings') ? EXIT.usage : EXIT.failed;
}

function findingLines({ check, status, says, fix }: Finding): string {
  const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
  const mark = styleText(colour[status], status.padEnd(5), { stream: process.stdout });
  return `${mark} ${check.padEnd(16)} ${says}${fix ? `\n${' '.repeat(23)}-> ${fix}` : ''}`;
}
