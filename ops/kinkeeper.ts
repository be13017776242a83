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
import type { Language } from '../core/caller.ts';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { EXIT, tellFailure, UsageError } from '../core/exit.ts';
import { readLockedWork } from '../core/incident/locked-work.ts';
import { isLockedDown, refuseLockedDown } from '../core/keys/lockdown.ts';
import { createLogger } from '../core/log.ts';
import { refuseOnTrial } from '../core/update-trial.ts';
import { askPassphrase } from './ask-passphrase.ts';
import { backupPlan, homeserverPlaceOf } from './backup/backup-plan.ts';
import type { Remote } from './backup/remote.ts';
import type { Finding } from './doctor/finding.ts';
import { type GdprFacts, gatherFacts } from './gdpr/facts.ts';
import { terminalPrompt } from './keys/prompt.ts';
import type { AccountSettings } from './people/reset-command.ts';
import { stdinAsker } from './setup/asker.ts';
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
  // What a command needs is loaded when it is called: a start with all of them takes twice as long.
  const adds: Readonly<Record<string, () => void | Promise<void>>> = {
    setup: async () => {
      const { addSetupCommand } = await import('./setup/setup-command.ts');
      addSetupCommand(program, {
        ...{ say: console.log, asker: stdinAsker, columns: process.stdout.columns, clock: systemClock, ended },
        product: { node: process.execPath, product: PRODUCT },
        stop: stopOnInterrupt,
        useEngine: (url) => {
          // Podman goes by the first. Compose goes by the second, which a log-in shell of Debian sets to the socket of root's own.
          Object.assign(process.env, { CONTAINER_HOST: url, DOCKER_HOST: url });
        },
        draft: join(homedir(), '.kinkeeper-setup.json'),
      });
    },
    doctor: async () => {
      const { addDoctorCommand } = await import('./doctor/doctor-command.ts');
      addDoctorCommand(program, { ...shell, examine: ({ config, language }) => examined(config, language), ended });
    },
    unlock: () => {
      program
        .command('unlock')
        .description('hand the passphrase to bot and ops when they started sealed')
        .option(...CONFIG)
        .action(async (options) => {
          code = await unlock(options);
        });
    },
    keys: async () => {
      const { addKeysCommand } = await import('./keys/keys-command.ts');
      const { KeysDesk } = await import('./keys/keys-desk.ts');
      const desk = (...given: Parameters<typeof keysDeskParts>) => new KeysDesk(keysDeskParts(...given));
      addKeysCommand(program, { ...shell, desk, now: systemClock, ended });
    },
    people: async () => {
      const { addPeopleCommand } = await import('./people/people-command.ts');
      addPeopleCommand(program, {
        ...{ ...shell, open, accounts: accountSettings, columns: process.stdout.columns },
        botId: ({ config }) => localSettings(config).config.matrix?.userId,
        ...{ prompt: terminalPrompt, now: systemClock, ended },
      });
    },
    backup: async () => {
      const { addBackupCommand } = await import('./backup/commands/backup-command.ts');
      const { loadTokenVectors } = await import('../core/static-embedder/token-vectors.ts');
      addBackupCommand(program, {
        ...{ ...shell, ...running, open, settings: backupSettings, prompt: terminalPrompt, ended },
        recipientsFile: ({ config }) => localSettings(config).config.backup.recipientsFile,
        vectors: loadTokenVectors,
        columns: process.stdout.columns,
      });
    },
    restore: async () => {
      const { addRestoreCommand } = await import('./restore/restore-command.ts');
      const { makeRemotes } = await import('./backup/make-remotes.ts');
      const { loadTokenVectors } = await import('../core/static-embedder/token-vectors.ts');
      addRestoreCommand(program, {
        ...{ ...shell, ...running, places: restorePlaces, prompt: terminalPrompt },
        remote: (name, { config }) => remoteNamed(name, makeRemotes(remoteSettings(config))),
        vectors: loadTokenVectors,
        living: ({ config: file }) => {
          const { config, secrets } = localSettings(file, ['passphrase']);
          refuseLockedDown(config.stateDir);
          refuseOnTrial(config.stateDir);
          return { stateDir: config.stateDir, passphrase: secrets.passphrase?.reveal() };
        },
      });
    },
    alerts: async () => {
      const { addAlertsCommand } = await import('./alerts/alerts-command.ts');
      const { waysOf } = await import('./second-way/ways-of.ts');
      addAlertsCommand(program, {
        ...{ ...shell, open, ended },
        ways: ({ config: named }) => {
          const { config, secrets } = localSettings(named, ['mailPassword', 'webhookToken']);
          return waysOf(config.alerts, secrets);
        },
      });
    },
    incident: async () => {
      const { addIncidentCommands } = await import('./incident/incident-commands.ts');
      const { evidenceOf } = await import('./incident/evidence-settings.ts');
      const { helperOf } = await import('./host/host-helper.ts');
      addIncidentCommands(program, {
        ...{ ...shell, now: systemClock, day, ended },
        settings: (options) => {
          const { config, plan } = plannedSettings(options.config);
          const { stateDir } = config;
          return { stateDir, evidence: evidenceOf(config), backup: plan, helper: helperOf(config) };
        },
        log: createLogger({ name: 'kinkeeper', level: 'error' }),
        open: async (options) => (inLockdown(options.config) ? undefined : open(options)),
      });
    },
    receipt: async () => {
      const { addReceiptCommand } = await import('./receipt/receipt-command.ts');
      addReceiptCommand(program, { ...shell, open });
    },
    read: async () => {
      const { addReadCommand } = await import('./read/read-command.ts');
      const limits = ({ config }: { config?: string }) => localSettings(config).config.limits;
      addReadCommand(program, { ...shell, limits, passwordIn, ended });
    },
    audit: async () => {
      const { addAuditCommand } = await import('./audit/audit-command.ts');
      addAuditCommand(program, { ...shell, open, now: systemClock, day, ended });
    },
    checklist: async () => {
      const { addChecklistCommand } = await import('./posture/checklist-command.ts');
      const { ownLinesOf } = await import('./posture/own-lines.ts');
      const { helperOf } = await import('./host/host-helper.ts');
      const { hostKindOf } = await import('./fixes/read-host-kind.ts');
      addChecklistCommand(program, {
        ...{ ...shell, open, now: systemClock, ended },
        settings: (options, state) => {
          const facts = ownFacts(options);
          return { helper: helperOf(facts.config), own: ownLinesOf({ ...facts, state }), here: hostKindOf(facts) };
        },
        log: createLogger({ name: 'kinkeeper', level: 'error' }),
      });
    },
    gdpr: async () => {
      const { addGdprCommand } = await import('./gdpr/gdpr-command.ts');
      addGdprCommand(program, { ...shell, facts: gdprFacts });
    },
    import: async () => {
      const { addImportCommand } = await import('./import/import-command.ts');
      addImportCommand(program, { ...shell, household: importedInto, password: exportPassword });
    },
    console: () => {
      program
        .command('console')
        .description('the same product in this terminal, without Matrix')
        .argument('[args...]', 'handed on; --help shows them')
        .allowUnknownOption()
        .helpOption(false)
        .action(async (args: string[]) => {
          code = await startConsole(args);
        });
    },
  };
  // The first word says which one is called; help, and a word that is none of them, needs all.
  const called = argv[2] === 'evidence' ? 'incident' : argv[2];
  const needed = called !== undefined && Object.hasOwn(adds, called) ? [called] : Object.keys(adds);
  try {
    for (const name of needed) await adds[name]!();
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

function keysDeskParts(options: { config?: string }, passphrase: 'from-settings' | 'asked') {
  const { config, secrets } = localSettings(options.config, passphrase === 'asked' ? [] : ['passphrase']);
  refuseNowhere(options.config, config.stateDir);
  refuseOnTrial(config.stateDir);
  return {
    stateDir: config.stateDir,
    passphrase: secrets.passphrase?.reveal(),
    passphraseFile: config.passphraseFile,
    prompt: terminalPrompt(),
    say: console.log,
    clock: systemClock,
  };
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
  const findings = await examined(options.config, 'en');
  using state = await unlockedState(options.config);
  const passphrase = secrets.passphrase === undefined ? 'asked' : 'file';
  return gatherFacts({ config, control: state.control, findings, passphrase, at: systemClock() });
}

/** What the operator set, for the lines of the checklist that ops reads by itself. */
function ownFacts(options: { config?: string }) {
  const file = fileAtShell(options.config);
  const loaded = loadConfig({ file, env: process.env, secrets: ['homeserverConnection'] });
  const backup = backupPlan(loaded.config, loaded.secrets, file && resolve(file));
  // The rest of it is the operator's, and no environment of the product.
  const own = Object.entries(process.env).filter(([name]) => name.startsWith('KINKEEPER_'));
  return { ...loaded, backup, env: Object.fromEntries(own) };
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
  const { openState } = await import('../core/sqlite/open-state.ts');
  return openState({ stateDir: config.stateDir, passphrase, create: false, clock: systemClock });
}

async function examined(given: string | undefined, language?: Language): Promise<Finding[]> {
  const { examine } = await import('./doctor/doctor.ts');
  const file = fileAtShell(given);
  const args = ['doctor', '--json', ...(file === undefined ? [] : ['--config', resolve(file)])];
  return examine(file, process.env, { language, program: { file: fileURLToPath(import.meta.url), args } });
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

function remoteSettings(file: string | undefined) {
  const { config, secrets } = localSettings(file, ['remotes']);
  const { remotes, localDir } = config.backup;
  return { remotes, keys: secrets.remotes, localDir };
}

function remoteNamed(name: string, remotes: readonly Remote[]): Remote {
  const found = remotes.find((one) => one.name === name);
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
