import { type Command, InvalidArgumentError } from 'commander';
import { EXIT } from '../../core/exit.ts';
import type { FileLimits } from '../../core/ingest/read-file.ts';
import { type Inside, lookInside, type Refused } from './look-inside.ts';
import { showInside } from './show-inside.ts';

interface Options {
  readonly config?: string;
  readonly passwordFile?: string;
  readonly passages: number;
  readonly json?: boolean;
}

/** How `kinkeeper read` gets its work: the entry file reads the settings and files with secrets. */
export interface ReadCommandParts {
  readonly limits: (options: { config?: string }) => FileLimits;
  /** The password that a file holds. */
  readonly passwordIn: (file: string) => string;
  readonly say: (line: string) => void;
  readonly config: readonly [string, string];
  readonly ended: (code: number) => void;
}

/** Adds `kinkeeper read` to the program. */
export function addReadCommand(program: Command, parts: ReadCommandParts): void {
  program
    .command('read')
    .description('show what would be kept of a file, or why nothing would be; keeps nothing')
    .argument('<files...>', 'files to look into')
    .option(...parts.config)
    .option('--password-file <file>', 'password for protected files')
    .option('--passages <number>', 'passages whose beginning is shown', wholeNumber, 10)
    .option('--json', 'findings as JSON')
    .action(async (files: string[], options: Options) => parts.ended(await read(parts, files, options)));
}

/** One answer for each file, in order; 1 when something would not be kept. The limits are those of the settings. */
async function read(
  { limits: limitsOf, passwordIn, say }: ReadCommandParts,
  files: readonly string[],
  options: Options,
): Promise<number> {
  const limits = limitsOf(options);
  const password = options.passwordFile === undefined ? undefined : passwordIn(options.passwordFile);
  const found: (Inside | Refused)[] = [];
  for (const file of files) {
    const one = await lookInside(file, { limits, password, passages: options.passages });
    found.push(one);
    if (!options.json) say(showInside(one));
  }
  const ok = found.every((one) => one.ok);
  if (options.json) say(JSON.stringify({ ok, files: found }, null, 2));
  return ok ? EXIT.done : EXIT.failed;
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}
