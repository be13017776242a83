import { dirname, resolve } from 'node:path';
import type { Language } from '../../core/caller.ts';
import { systemClock } from '../../core/clock.ts';
import { backupPlan } from '../backup/backup-plan.ts';
import { readHostKind } from '../fixes/read-host-kind.ts';
import { readMachineFacts } from '../setup/machine-facts.ts';
import { findAsBot, type OwnProgram } from './as-bot.ts';
import { botAccount } from './bot-account.ts';
import { checkAccounts } from './check-accounts.ts';
import { checkBackup } from './check-backup.ts';
import { checkHost } from './check-host.ts';
import { checkIndex } from './check-index.ts';
import { checkLogIn } from './check-log-in.ts';
import { checkCoreDumps, checkMemory, checkModelsFolder, checkNode, checkSandbox } from './check-machine.ts';
import { checkNetwork } from './check-network.ts';
import { checkAccountsPassword, checkOwners, checkSecretFolders } from './check-owners.ts';
import { checkPassphrase } from './check-passphrase.ts';
import { checkSettings, type Loaded, settingsAlone } from './check-settings.ts';
import { checkSetup } from './check-setup.ts';
import { checkState } from './check-state.ts';
import { checkWayIn } from './check-way-in.ts';
import { type Finding, ok } from './finding.ts';
import { type Telling, tellingIn } from './telling.ts';

export interface ExamineOptions {
  /** Left out: the first admin's, as the settings have it. */
  readonly language?: Language | undefined;
  /** How this program is started again, to look as the account of the bot where root asks; left out: root looks as root. */
  readonly program?: OwnProgram;
}

/**
 * Everything that `kinkeeper doctor` looks at. Changes nothing, asks for no passphrase; the bot's account is logged in for a moment. Where root
 * asks, it is judged what the account of the bot can do, and root adds what root alone sees.
 */
export async function examine(
  file: string | undefined,
  env: NodeJS.ProcessEnv,
  { language, program }: ExamineOptions = {},
): Promise<Finding[]> {
  const config = settingsAlone(file, env)?.config;
  const admin = config?.people.find(({ role }) => role === 'admin');
  const stateDir = config?.stateDir ?? resolve('state');
  const host = readHostKind({ stateDir, settingsFile: file, spoolDir: config?.host.spoolDir });
  const spoken = language ?? admin?.language ?? 'en';
  const isRoot = process.geteuid?.() === 0;
  const account = isRoot && program !== undefined ? botAccount(stateDir) : undefined;
  if (account === undefined || account.uid === 0) return examineAsOneself(file, env, tellingIn(spoken, host));
  const telling = tellingIn(spoken, { ...host, account });
  const found = await findAsBot(withLanguage(program!, spoken), account, telling);
  const says = telling.say('account.judged', { account: `${account.uid}:${account.gid}` });
  const roots = await seenByRoot(file, env, telling);
  const again = new Set(roots.map(({ check }) => check));
  return [ok('account', says), ...found.filter(({ check }) => !again.has(check)), ...roots];
}

function withLanguage({ file, args }: OwnProgram, language: Language): OwnProgram {
  return { file, args: [...args, '--language', language] };
}

/** What the account of the bot may not look at, or cannot judge. */
async function seenByRoot(file: string | undefined, env: NodeJS.ProcessEnv, telling: Telling): Promise<Finding[]> {
  const settings = settingsAlone(file, env);
  if (settings === undefined) return [];
  const { stateDir, backup } = settings.config;
  const { account } = telling.host;
  const folders = [stateDir, ...(backup.recipientsFile === undefined ? [] : [backup.localDir])];
  return [
    ...checkSetup(file, telling),
    ...(await checkOwners({ folders, files: settings.files }, account, telling)),
    ...(await checkAccountsPassword(dataOf(file), { account, telling })),
  ];
}

async function examineAsOneself(
  file: string | undefined,
  env: NodeJS.ProcessEnv,
  telling: Telling,
): Promise<Finding[]> {
  const { findings, loaded } = checkSettings(file, env, telling);
  const machine = [checkNode(telling), checkCoreDumps(telling), ...findings, ...(await checkSandbox(telling))];
  if (loaded === undefined) return machine;
  const { config } = loaded;
  return [
    ...machine,
    ...checkSetup(file, telling),
    ...checkHost(await readMachineFacts({ data: config.stateDir, ports: [], host: undefined }), config, telling),
    await checkMemory(config.embedding, telling),
    ...(await checkModelsFolder(config.embedding, telling)),
    ...(await checkSecretFolders(loaded.files, telling)),
    ...(await checkAccountsPassword(dataOf(file), { account: undefined, telling })),
    ...(await checkKept(loaded, file, telling)),
    ...(await checkNetwork(loaded, telling)),
    ...(await checkLogIn(loaded, telling)),
    ...(await checkAccounts(loaded, telling)),
    ...(await checkWayIn(config.matrix.homeserver, systemClock(), telling)),
    ...(await checkIndex(loaded, telling)),
  ];
}

/** The state folder, what opens it, and what a backup takes along. */
async function checkKept(
  { config, secrets, files }: Loaded,
  file: string | undefined,
  telling: Telling,
): Promise<Finding[]> {
  const { stateDir } = config;
  return [
    ...(await checkState(stateDir, telling)),
    ...(await checkPassphrase({ stateDir, passphrase: secrets.passphrase, files }, telling)),
    ...(await checkBackup(backupPlan(config, secrets, file), telling)),
  ];
}

/** Where set-up puts everything: the settings lie in a folder of it. */
function dataOf(file: string | undefined): string {
  return file === undefined ? process.cwd() : dirname(dirname(resolve(file)));
}
