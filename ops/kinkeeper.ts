#!/usr/bin/env node
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { Command, InvalidArgumentError, Option } from 'commander';
import { loadLocalConfig, type Secrets } from '../config/load.ts';
import { readSecretFile } from '../config/secret-file.ts';
import { settingsFile } from '../config/settings-file.ts';
import { readAnchor } from '../core/audit-anchor.ts';
import { LANGUAGES, type Language } from '../core/caller.ts';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { EXIT, tellFailure, UsageError } from '../core/exit.ts';
import { readLockedWork } from '../core/incident/locked-work.ts';
import { isLockedDown, refuseLockedDown } from '../core/keys/lockdown.ts';
import { openState } from '../core/sqlite/open-state.ts';
import { loadTokenVectors } from '../core/static-embedder/token-vectors.ts';
import { refuseOnTrial } from '../core/update-trial.ts';
import { addAlertsCommand } from './alerts/alerts-command.ts';
import { askPassphrase } from './ask-passphrase.ts';
import { exportTrail, rowLine } from './audit/export-trail.ts';
import { verdictLines, verifyTrail } from './audit/verify-trail.ts';
import { backupPlan, homeserverPlaceOf } from './backup/backup-plan.ts';
import { addBackupCommand } from './backup/commands/backup-command.ts';
import { makeRemotes } from './backup/make-remotes.ts';
import type { Remote } from './backup/remote.ts';
import { examine } from './doctor/doctor.ts';
import type { Finding } from './doctor/finding.ts';
import { gatherFacts } from './gdpr/facts.ts';
import { writePapers } from './gdpr/write-papers.ts';
import { helperOf } from './host/host-helper.ts';
import { assertParts } from './import/export-parts.ts';
import { importLines, importPerson } from './import/import-person.ts';
import { evidenceOf } from './incident/evidence-settings.ts';
import { addIncidentCommands, type IncidentSettings } from './incident/incident-commands.ts';
import { addKeysCommand } from './keys/keys-command.ts';
import { KeysDesk } from './keys/keys-desk.ts';
import { terminalPrompt } from './keys/prompt.ts';
import { addPeopleCommand } from './people/people-command.ts';
import { type Inside, lookInside, type Refused } from './read/look-inside.ts';
import { showInside } from './read/show-inside.ts';
import { addReceiptCommand } from './receipt/receipt-command.ts';
import { addRestoreCommand } from './restore/restore-command.ts';
import { waysOf } from './second-way/ways-of.ts';
import { atShell, unlockAll } from './unlock.ts';

const CONSOLE = fileURLToPath(new URL('../bot/console.ts', import.meta.url));
const CONFIG = ['--config <file>', 'settings file (default: kinkeeper.yaml, where there is one)'] as const;

process.exitCode = await main(process.argv);

async function main(argv: string[]): Promise<number> {
  let code: number = EXIT.done;
  const ended = (given: number): void => {
    code = given;
  };
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
  addKeysCommand(program, {
    desk: keysDesk,
    say: console.log,
    now: systemClock,
    config: CONFIG,
    ended,
  });
  addPeopleCommand(program, {
    ...{
      open: ({ config }) => unlockedState(config),
      prompt: terminalPrompt,
      say: console.log,
      now: systemClock,
      config: CONFIG,
    },
    ended,
  });
  addBackupCommand(program, {
    ...{
      open: ({ config }) => unlockedState(config),
      settings: backupSettings,
      recipientsFile: ({ config }) => localSettings(config).config.backup.recipientsFile,
      vectors: loadTokenVectors,
      prompt: terminalPrompt,
      say: console.log,
      terminal: process.stderr,
      clock: systemClock,
      signal: new AbortController().signal,
      config: CONFIG,
    },
    ended,
  });
  addRestoreCommand(program, {
    places: restorePlaces,
    remote: remoteOf,
    living: ({ config: file }) => {
      const { config, secrets } = localSettings(file, ['passphrase']);
      refuseLockedDown(config.stateDir);
      refuseOnTrial(config.stateDir);
      return { stateDir: config.stateDir, passphrase: secrets.passphrase?.reveal() };
    },
    prompt: terminalPrompt,
    say: console.log,
    terminal: process.stderr,
    clock: systemClock,
    signal: new AbortController().signal,
    config: CONFIG,
  });
  addAlertsCommand(program, {
    ...{ open: ({ config }) => unlockedState(config), say: console.log, config: CONFIG, ended },
    ways: ({ config: named }) => {
      const { config, secrets } = localSettings(named, ['mailPassword', 'webhookToken']);
      return waysOf(config.alerts, secrets);
    },
  });
  addIncidentCommands(program, {
    settings: incidentSettings,
    open: async (options) => (inLockdown(options.config) ? undefined : unlockedState(options.config)),
    ...{ say: console.log, now: systemClock, config: CONFIG, day },
  });
  addReceiptCommand(program, { open: ({ config }) => unlockedState(config), say: console.log, config: CONFIG });
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
  const audit = program.command('audit').description('the trail of who did what: never any content');
  audit
    .command('verify')
    .description('check that no row was changed, removed or put in; the first one that does not fit is named')
    .option(...CONFIG)
    .option('--anchor <file>', 'anchor of an earlier day: a manifest of a backup, or what --json printed')
    .option('--json', 'verdict and anchor as JSON')
    .action(async (options) => {
      code = await verifyAudit(options);
    });
  audit
    .command('export')
    .description('print the rows, oldest first; that this was done becomes a row itself')
    .option(...CONFIG)
    .option('--since <day>', 'rows from this day on (2026-01-31)', day, 0)
    .option('--json', 'rows as JSON')
    .action(async (options) => {
      code = await exportAudit(options);
    });
  program
    .command('gdpr')
    .description('write record of processing, impact assessment and privacy notice from the real settings')
    .option(...CONFIG)
    .option('--out <folder>', 'folder that they are written into', './gdpr')
    .addOption(new Option('--language <language>', 'one language only').choices(LANGUAGES))
    .action(async (options) => {
      code = await writeGdpr(options);
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
  const { config } = localSettings(options.config);
  const passphrase = await askPassphrase();
  const who = atShell(process.env);
  const outside = readLockedWork(config.stateDir)?.outside;
  if (outside === 'ok') console.log('ops opens the outside again once it is unlocked, and says so in the ops room');
  return (await unlockAll(config.stateDir, { passphrase, who, say: console.log })) ? EXIT.done : EXIT.failed;
}

function keysDesk(options: { config?: string }, passphrase: 'from-settings' | 'asked'): KeysDesk {
  const { config, secrets } = localSettings(options.config, passphrase === 'asked' ? [] : ['passphrase']);
  refuseOnTrial(config.stateDir);
  return new KeysDesk({
    stateDir: config.stateDir,
    passphrase: secrets.passphrase?.reveal(),
    passphraseFile: config.passphraseFile,
    prompt: terminalPrompt(),
    say: console.log,
    clock: systemClock,
  });
}

/** One answer for each file, in order; 1 when something would not be kept. The limits are those of the settings. */
async function read(
  files: readonly string[],
  options: { config?: string; passwordFile?: string; passages: number; json?: boolean },
): Promise<number> {
  const { config } = localSettings(options.config);
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
  const { config, secrets } = localSettings(options.config, ['passphrase']);
  refuseLockedDown(config.stateDir);
  refuseOnTrial(config.stateDir);
  if (!secrets.passphrase) throw new UsageError('keys.passphraseFile is missing; the import opens the state with it.');
  await assertParts(files);
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

async function verifyAudit(options: { config?: string; anchor?: string; json?: boolean }): Promise<number> {
  const given = options.anchor === undefined ? undefined : readAnchor(textIn(options.anchor));
  using state = await unlockedState(options.config);
  const verdict = verifyTrail(state.control.audit, given, systemClock());
  console.log(options.json ? JSON.stringify(verdict, null, 2) : verdictLines(verdict));
  return verdict.ok ? EXIT.done : EXIT.failed;
}

async function exportAudit(options: { config?: string; since: number; json?: boolean }): Promise<number> {
  using state = await unlockedState(options.config);
  const { audit } = state.control;
  audit.append({ at: systemClock(), actor: 'shell', action: 'audit.exported', target: '-', outcome: 'done' });
  const rows = exportTrail(audit, options.since);
  if (options.json) console.log(JSON.stringify({ ok: true, rows }, null, 2));
  else for (const row of rows) console.log(rowLine(row));
  return EXIT.done;
}

async function writeGdpr(options: { config?: string; out: string; language?: Language }): Promise<number> {
  const file = settingsFile(options.config);
  const { config, secrets } = loadLocalConfig({ file, env: process.env, secrets: ['passphrase'] });
  const findings = await examine(file, process.env);
  using state = await unlockedState(options.config);
  const passphrase = secrets.passphrase === undefined ? 'asked' : 'file';
  const facts = gatherFacts({ config, control: state.control, findings, passphrase, at: systemClock() });
  const languages = options.language === undefined ? LANGUAGES : [options.language];
  for (const path of writePapers(facts, options.out, languages)) console.log(path);
  return EXIT.done;
}

function incidentSettings(options: { config?: string }): IncidentSettings {
  const { config, plan } = plannedSettings(options.config);
  return { evidence: evidenceOf(config), backup: plan, helper: helperOf(config) };
}

function inLockdown(file: string | undefined): boolean {
  return isLockedDown(localSettings(file).config.stateDir);
}

/** The state folder, opened beside bot and ops with the passphrase of the settings, or asked for; in a lockdown by nothing. */
async function unlockedState(file: string | undefined): Promise<OpenState> {
  const { config, secrets } = localSettings(file, ['passphrase']);
  refuseLockedDown(config.stateDir);
  refuseOnTrial(config.stateDir);
  const passphrase = secrets.passphrase?.reveal() ?? (await askPassphrase());
  return openState({ stateDir: config.stateDir, passphrase, create: false, clock: systemClock });
}

/** The settings as they are read at a shell: of the secrets only those that are named. */
function localSettings(file: string | undefined, secrets: readonly (keyof Secrets)[] = []) {
  return loadLocalConfig({ file: settingsFile(file), env: process.env, secrets });
}

function backupSettings(options: { config?: string }) {
  const { config, plan } = plannedSettings(options.config);
  return { plan, stateDir: config.stateDir };
}

/** The settings, and what is to be backed up by them. */
function plannedSettings(given: string | undefined) {
  const file = settingsFile(given);
  const { config, secrets } = loadLocalConfig({ file, env: process.env, secrets: ['homeserverConnection'] });
  return { config, plan: backupPlan(config, secrets, file && resolve(file)) };
}

function remoteOf(name: string, { config: file }: { config?: string }): Remote {
  const { config, secrets } = localSettings(file, ['remotes']);
  const { remotes, localDir } = config.backup;
  const found = makeRemotes({ remotes, keys: secrets.remotes, localDir }).find((one) => one.name === name);
  if (found !== undefined) return found;
  const names = remotes.map((one) => one.name).join(', ');
  throw new UsageError(
    `backup.remotes names no ${name}${names === '' ? '; there are none' : ` (there is: ${names})`}.`,
  );
}

function restorePlaces(file: string) {
  const { config, secrets } = loadLocalConfig({ file, env: process.env, secrets: ['homeserverConnection'] });
  const homeserver = homeserverPlaceOf(config.homeserver, secrets);
  return { places: { stateDir: config.stateDir, homeserver }, recipientsFile: config.backup.recipientsFile };
}

function textIn(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new UsageError(`--anchor: ${file} cannot be read`);
  }
}

function day(text: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00`).getTime() : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('It takes a day such as 2026-01-31.');
  return at;
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
