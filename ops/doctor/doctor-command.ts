import { styleText } from 'node:util';
import { type Command, Option } from 'commander';
import type { Language } from '../../core/caller.ts';
import { EXIT } from '../../core/exit.ts';
import type { Finding } from './finding.ts';

/** How `kinkeeper doctor` gets its work: the entry file knows the settings file and the environment. */
export interface DoctorCommandParts {
  /** `language`: undefined for the household's own. */
  readonly examine: (options: { config?: string; language?: Language }) => Promise<Finding[]>;
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
    .addOption(
      new Option(
        '--language <language>',
        'what is said; without it in the first admin’s, with --json in English',
      ).choices(['en', 'de']),
    )
    .option('--json', 'findings as JSON')
    .action(async (options) => parts.ended(await doctor(parts, options)));
}

async function doctor(
  { examine, say }: DoctorCommandParts,
  options: { config?: string; language?: Language; json?: boolean },
): Promise<number> {
  // Programs compare what is said: it does not change with the household.
  const findings = await examine(options.json ? { language: 'en', ...options } : options);
  const failed = findings.filter((finding) => finding.status === 'fail');
  if (options.json) say(JSON.stringify({ ok: failed.length === 0, findings }, null, 2));
  else for (const finding of findings) say(findingLines(finding));
  if (failed.length === 0) return EXIT.done;
  return failed.some((finding) => finding.check === 'settings') ? EXIT.usage : EXIT.failed;
}

function findingLines({ check, status, says, fix }: Finding): string {
  const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
  const mark = styleText(colour[status], status.padEnd(5), { stream: process.stdout });
  return `${mark} ${check.padEnd(16)} ${shown(says)}${fix ? `\n${' '.repeat(23)}-> ${shown(fix)}` : ''}`;
}

/** Names of files stand in it, and the account of the bot names its own: nothing in them moves the cursor of root's terminal or hides a word. */
function shown(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, '?');
}
