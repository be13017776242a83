#!/usr/bin/env -S node --max-semi-space-size=1
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { loadConfig, loadLocalConfig, type Secrets } from '../config/load.ts';
import { readSecretFile } from '../config/secret-file.ts';
import { missingSettings, settingsFileAtShell } from '../config/settings-file.ts';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { EXIT, tellFailure, UsageError } from '../core/exit.ts';
import { readLockedWork } from '../core/incident/locked-work.ts';
import { isLockedDown, refuseLockedDown } from '../core/keys/lockdown.ts';
import { createLogger } from '../core/log.ts';
import { openState } from '../core/sqlite/open-state.ts';
import { loadTokenVectors } from '../core/static-embedder/token-vectors.ts';
import { refuseOnTrial } from '../core/update-trial.ts';
import { addAlertsCommand } from './alerts/alerts-command.ts';
import { askPassphrase } from './ask-passphrase.ts';
import { addAuditCommand } from './audit/audit-command.ts';
import { backupPlan, homeserverPlaceOf } from './backup/backup-plan.ts';
import { addBackupCommand } from './backup/commands/backup-command.ts';
import { makeRemotes } from './backup/make-remotes.ts';
import type { Remote } from './backup/remote.ts';
import { examine } from './doctor/doctor.ts';
import { addDoctorCommand } from './doctor/doctor-command.ts';
import { type GdprFacts, gatherFacts } from './gdpr/facts.ts';
import { addGdprCommand } from './gdpr/gdpr-command.ts';
import { helperOf } from './host/host-helper.ts';
import { addImportCommand } from './import/import-command.ts';
import { evidenceOf } from './incident/evidence-settings.ts';
import { addIncidentCommands, type IncidentSettings } from './incident/incident-commands.ts';
import { addKeysCommand } from './keys/keys-command.ts';
import { KeysDesk } from './keys/keys-desk.ts';
import { terminalPrompt } from './keys/prompt.ts';
import { addPeopleCommand } from './people/people-command.ts';
import type { AccountSettings } from './people/reset-command.ts';
import { addChecklistCommand } from './posture/checklist-command.ts';
import { ownLinesOf } from './posture/own-lines.ts';
import { addReadCommand } from './read/read-command.ts';
import { addReceiptCommand } from './receipt/receipt-command.ts';
import { addRestoreCommand } from './restore/restore-command.ts';
import { waysOf } from './second-way/ways-of.ts';
import { stdinAsker } from './setup/asker.ts';
import { addSetupCommand } from './setup/setup-command.ts';
import { atShell, unlockAll } from './unlock.ts';

const CONSOLE = fileURLToPath(new URL('../bot/console.ts', import.meta.url));
const PRODUCT = fileURLToPath(new URL('..', import.meta.url)).replace(/\/$/, '');
const CONFIG = [
  '--config <file>',
  'settings file (default: kinkeeper.yaml, where there is one, else that of set-up in /srv/kinkeeper)',
] as const;

process.exitCode = await main(process.argv);

async function main(argv: string[]): Promise<number> {
  let code: number = EXIT.done;
  const ended = (given: number): void => {
    code = given;
  };
  const program = new Command('kinkeeper').description('Everything an operator does at a shell.').exitOverride();
  const shell = { say: console.log, config: CONFIG };
  const open = ({ config }: { config?: string }) => unlockedState(config);
  const running = { terminal: process.stderr, clock: systemClock, signal: new AbortController().signal };
  addSetupCommand(program, {
    ...{ say: console.log, asker: stdinAsker, columns: process.stdout.columns, clock: systemClock, ended },
    product: { node: process.execPath, product: PRODUCT },
    stop: stopOnInterrupt,
    draft: join(homedir(), '.kinkeeper-setup.json'),
  });
  addDoctorCommand(program, { ...shell, examine: ({ config }) => examine(fileAtShell(config), process.env), ended });
  program
    .command('unlock')
    .description('hand the passphrase to bot and ops when they started sealed')
    .option(...CONFIG)
    .action(async (options) => {
      code = await unlock(options);
    });
  addKeysCommand(program, { ...shell, desk: keysDesk, now: systemClock, ended });
  addPeopleCommand(program, {
    ...{ ...shell, open, accounts: accountSettings, columns: process.stdout.columns },
    ...{ prompt: terminalPrompt, now: systemClock, ended },
  });
  addBackupCommand(program, {
    ...{ ...shell, ...running, open, settings: backupSettings, prompt: terminalPrompt, ended },
    recipientsFile: ({ config }) => localSettings(config).config.backup.recipientsFile,
    vectors: loadTokenVectors,
    columns: process.stdout.columns,
  });
  addRestoreCommand(program, {
    ...{ ...shell, ...running, places: restorePlaces, remote: remoteOf, prompt: terminalPrompt },
    vectors: loadTokenVectors,
    living: ({ config: file }) => {
      const { config, secrets } = localSettings(file, ['passphrase']);
      refuseLockedDown(config.stateDir);
      refuseOnTrial(config.stateDir);
      return { stateDir: config.stateDir, passphrase: secrets.passphrase?.reveal() };
    },
  });
  addAlertsCommand(program, {
    ...{ ...shell, open, ended },
    ways: ({ config: named }) => {
      const { config, secrets } = localSettings(named, ['mailPassword', 'webhookToken']);
      return waysOf(config.alerts, secrets);
    },
  });
  addIncidentCommands(program, {
    ...{ ...shell, settings: incidentSettings, now: systemClock, day, ended },
    log: createLogger({ name: 'kinkeeper', level: 'error' }),
    open: async (options) => (inLockdown(options.config) ? undefined : open(options)),
  });
  addReceiptCommand(program, { ...shell, open });
  const limits = ({ config }: { config?: string }) => localSettings(config).config.limits;
  addReadCommand(program, { ...shell, limits, passwordIn, ended });
  addAuditCommand(program, { ...shell, open, now: systemClock, day, ended });
  addChecklistCommand(program, {
    ...{ ...shell, open, settings: checklistSettings, now: systemClock, ended },
    log: createLogger({ name: 'kinkeeper', level: 'error' }),
  });
  addGdprCommand(program, { ...shell, facts: gdprFacts });
  addImportCommand(program, { ...shell, household: importedInto, password: exportPassword });
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

async function unlock(options: { config?: string }): Promise<number> {
  const { config } = localSettings(options.config);
  refuseNowhere(options.config, config.stateDir);
  const passphrase = await askPassphrase();
  const who = atShell(process.env);
  const outside = readLockedWork(config.stateDir)?.outside;
  if (outside === 'ok') console.log('ops opens the outside again once it is unlocked, and says so in the ops room');
  return (await unlockAll(config.stateDir, { passphrase, who, say: console.log })) ? EXIT.done : EXIT.failed;
}

function keysDesk(options: { config?: string }, passphrase: 'from-settings' | 'asked'): KeysDesk {
  const { config, secrets } = localSettings(options.config, passphrase === 'asked' ? [] : ['passphrase']);
  refuseNowhere(options.config, config.stateDir);
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

function importedInto(options: { config?: string }) {
  const { config, secrets } = localSettings(options.config, ['passphrase']);
  refuseLockedDown(config.stateDir);
  refuseOnTrial(config.stateDir);
  if (!secrets.passphrase) throw new UsageError('keys.passphraseFile is missing; the import opens the state with it.');
  return { stateDir: config.stateDir, passphrase: secrets.passphrase.reveal() };
}

async function exportPassword(): Promise<string> {
  const asked = { label: 'Password of the export', piped: 'kinkeeper import … < password-file' };
  return (await askPassphrase(asked)).trim();
}

function passwordIn(file: string): string {
  const result = readSecretFile(file, { checkMode: true });
  if ('problem' in result) throw new UsageError(`--password-file: ${result.problem}`);
  return result.secret.reveal();
}

async function gdprFacts(options: { config?: string }): Promise<GdprFacts> {
  const { config, secrets } = localSettings(options.config, ['passphrase']);
  const findings = await examine(fileAtShell(options.config), process.env);
  using state = await unlockedState(options.config);
  const passphrase = secrets.passphrase === undefined ? 'asked' : 'file';
  return gatherFacts({ config, control: state.control, findings, passphrase, at: systemClock() });
}

function incidentSettings(options: { config?: string }): IncidentSettings {
  const { config, plan } = plannedSettings(options.config);
  const { stateDir } = config;
  return { stateDir, evidence: evidenceOf(config), backup: plan, helper: helperOf(config) };
}

function checklistSettings(options: { config?: string }, state: OpenState) {
  const file = fileAtShell(options.config);
  const loaded = loadConfig({ file, env: process.env, secrets: ['homeserverConnection'] });
  const backup = backupPlan(loaded.config, loaded.secrets, file && resolve(file));
  // The rest of it is the operator's, and no environment of the product.
  const own = Object.entries(process.env).filter(([name]) => name.startsWith('KINKEEPER_'));
  return {
    helper: helperOf(loaded.config),
    own: ownLinesOf({ ...loaded, state, backup, env: Object.fromEntries(own) }),
  };
}

function accountSettings(options: { config?: string }): AccountSettings {
  const file = fileAtShell(options.config);
  const { config, secrets } = loadConfig({ file, env: process.env, secrets: ['homeserverAdminToken'] });
  const { homeserver, userId } = config.matrix;
  return { homeserver, botId: userId, adminToken: secrets.homeserverAdminToken?.reveal() };
}

function inLockdown(file: string | undefined): boolean {
  return isLockedDown(localSettings(file).config.stateDir);
}

/** The state folder, opened beside bot and ops with the passphrase of the settings, or asked for; in a lockdown by nothing. */
async function unlockedState(file: string | undefined): Promise<OpenState> {
  const { config, secrets } = localSettings(file, ['passphrase']);
  refuseNowhere(file, config.stateDir);
  refuseLockedDown(config.stateDir);
  refuseOnTrial(config.stateDir);
  const passphrase = secrets.passphrase?.reveal() ?? (await askPassphrase());
  return openState({ stateDir: config.stateDir, passphrase, create: false, clock: systemClock });
}

/** The settings file of a command; undefined: the environment alone decides. */
function fileAtShell(given: string | undefined): string | undefined {
  return settingsFileAtShell(given, process.env);
}

/** Without any settings the defaults name a state folder that nobody meant. Throws UsageError where that is not there either. */
function refuseNowhere(given: string | undefined, stateDir: string): void {
  const missing = missingSettings(fileAtShell(given), process.env);
  if (missing !== undefined && !existsSync(stateDir)) throw new UsageError(`${missing.says}\n  ${missing.fix}`);
}

/** The settings as they are read at a shell: of the secrets only those that are named. */
function localSettings(file: string | undefined, secrets: readonly (keyof Secrets)[] = []) {
  return loadLocalConfig({ file: fileAtShell(file), env: process.env, secrets });
}

function backupSettings(options: { config?: string }) {
  const { config, plan } = plannedSettings(options.config);
  return { plan, stateDir: config.stateDir };
}

/** The settings, and what is to be backed up by them. */
function plannedSettings(given: string | undefined) {
  const file = fileAtShell(given);
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
  const { recipientsFile, localDir } = config.backup;
  return { places: { stateDir: config.stateDir, homeserver, localDir }, recipientsFile };
}

function day(text: string): number {
  const at = /^\d{4}-\d\d-\d\d$/.test(text) ? new Date(`${text}T00:00:00`).getTime() : Number.NaN;
  if (Number.isNaN(at)) throw new InvalidArgumentError('It takes a day such as 2026-01-31.');
  return at;
}

/** Aborts at the first Ctrl-C (or SIGTERM); a second one ends the process at once. */
function stopOnInterrupt(): AbortSignal {
  const stop = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      if (stop.signal.aborted) process.exit(EXIT.failed);
      stop.abort();
    });
  return stop.signal;
}

/** The console is a process of its own: ops imports nothing of the bot. Ctrl-C in the terminal is the console's to handle. */
async function startConsole(args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [CONSOLE, ...args], { stdio: 'inherit' });
  process.on('SIGINT', () => {}).on('SIGTERM', () => child.kill('SIGTERM'));
  const [exitCode] = (await once(child, 'close')) as [number | null];
  return exitCode ?? EXIT.failed;
}
