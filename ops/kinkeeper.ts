#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError } from 'commander';
import { loadLocalConfig } from '../config/load.ts';
import { readSecretFile } from '../config/secret-file.ts';
import { settingsFile } from '../config/settings-file.ts';
import { EXIT, tellFailure, UsageError } from '../core/exit.ts';
import { askPassphrase } from './ask-passphrase.ts';
import { examine } from './doctor/doctor.ts';
import type { Finding } from './doctor/finding.ts';
import { importLines, importPerson } from './import/import-person.ts';
import { type Inside, lookInside, type Refused } from './read/look-inside.ts';
import { showInside } from './read/show-inside.ts';
import { unlockAll } from './unlock.ts';

const CONSOLE = fileURLToPath(new URL('../bot/console.ts', import.meta.url));
const CONFIG = ['--config <file>', 'settings file (default: kinkeeper.yaml, where there is one)'] as const;

process.exitCode = await main(process.argv);

async function main(argv: string[]): Promise<number> {
  let code: number = EXIT.done;
  const program = new Command('kinkeeper').description('Everything an operator does at a shell.').exitOverride();
  program
    .command('doctor')
    .description('look at settings, state, network and machine, and say what to mend')
    .option(...CONFIG)
    .option('--json', 'findings as JSON')
    .action(async (options) => {
      code = await doctor(options);
    });
  program
    .command('unlock')
    .description('hand the passphrase to bot and ops when they started sealed')
    .option(...CONFIG)
    .action(async (options) => {
      code = await unlock(options);
    });
  program
    .command('read')
    .description('show what would be kept of a file, or why nothing would be; keeps nothing')
    .argument('<files...>', 'files to look into')
    .option(...CONFIG)
    .option('--password-file <file>', 'password for protected files')
    .option('--passages <number>', 'passages whose beginning is shown', wholeNumber, 10)
    .option('--json', 'findings as JSON')
    .action(async (files: string[], options) => {
      code = await read(files, options);
    });
  program
    .command('import')
    .description('take in what `!export` sent, for one person; the bot has to be stopped')
    .argument('<zips...>', 'all parts of the export')
    .requiredOption('--person <address>', 'whose documents they become, such as @ada:home.test')
    .option(...CONFIG)
    .option('--json', 'what became of it as JSON')
    .action(async (files: string[], options) => {
      await importZips(files, options);
    });
  program
    .command('console')
    .description('the same product in this terminal, without Matrix')
    .argument('[args...]', 'handed on; --help shows them')
    .allowUnknownOption()
    .helpOption(false)
    .action(async (args: string[]) => {
      code = await startConsole(args);
    });
  try {
    await program.parseAsync(argv);
    return code;
  } catch (thrown) {
    return tellFailure(thrown, 'kinkeeper');
  }
}

async function doctor(options: { config?: string; json?: boolean }): Promise<number> {
  const findings = await examine(settingsFile(options.config), process.env);
  const failed = findings.filter((finding) => finding.status === 'fail');
  if (options.json) console.log(JSON.stringify({ ok: failed.length === 0, findings }, null, 2));
  else for (const finding of findings) console.log(findingLines(finding));
  if (failed.length === 0) return EXIT.done;
  return failed.some((finding) => finding.check === 'settings') ? EXIT.usage : EXIT.failed;
}

function findingLines({ check, status, says, fix }: Finding): string {
  const colour = { ok: 'green', warn: 'yellow', fail: 'red' } as const;
  const mark = styleText(colour[status], status.padEnd(5), { stream: process.stdout });
  return `${mark} ${check.padEnd(16)} ${says}${fix ? `\n${' '.repeat(23)}-> ${fix}` : ''}`;
}

async function unlock(options: { config?: string }): Promise<number> {
  const { config } = loadLocalConfig({ file: settingsFile(options.config), env: process.env, secrets: [] });
  const passphrase = await askPassphrase();
  return (await unlockAll(config.stateDir, passphrase, console.log)) ? EXIT.done : EXIT.failed;
}

/** One answer for each file, in order; 1 when something would not be kept. The limits are those of the settings. */
async function read(
  files: readonly string[],
  options: { config?: string; passwordFile?: string; passages: number; json?: boolean },
): Promise<number> {
  const { config } = loadLocalConfig({ file: settingsFile(options.config), env: process.env, secrets: [] });
  const password = options.passwordFile === undefined ? undefined : passwordIn(options.passwordFile);
  const found: (Inside | Refused)[] = [];
  for (const file of files) {
    const one = await lookInside(file, { limits: config.limits, password, passages: options.passages });
    found.push(one);
    if (!options.json) console.log(showInside(one));
  }
  const ok = found.every((one) => one.ok);
  if (options.json) console.log(JSON.stringify({ ok, files: found }, null, 2));
  return ok ? EXIT.done : EXIT.failed;
}

async function importZips(
  files: readonly string[],
  options: { person: string; config?: string; json?: boolean },
): Promise<void> {
  const { config, secrets } = loadLocalConfig({
    file: settingsFile(options.config),
    env: process.env,
    secrets: ['passphrase'],
  });
  if (!secrets.passphrase) throw new UsageError('keys.passphraseFile is missing; the import opens the state with it.');
  const asked = { label: 'Password of the export', piped: 'kinkeeper import … < password-file' };
  const imported = await importPerson({
    ...{ files, person: options.person, password: (await askPassphrase(asked)).trim() },
    ...{ stateDir: config.stateDir, passphrase: secrets.passphrase.reveal() },
  });
  console.log(options.json ? JSON.stringify(imported) : importLines(imported));
}

function passwordIn(file: string): string {
  const result = readSecretFile(file, { checkMode: true });
  if ('problem' in result) throw new UsageError(`--password-file: ${result.problem}`);
  return result.secret.reveal();
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It takes a whole number.');
  return Number(text);
}

/** The console is a process of its own: ops imports nothing of the bot. Ctrl-C in the terminal is the console's to handle. */
async function startConsole(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [CONSOLE, ...args], { stdio: 'inherit' });
  process.on('SIGINT', () => {}).on('SIGTERM', () => child.kill('SIGTERM'));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return exitCode ?? EXIT.failed;
}
