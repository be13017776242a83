import type { BareAnswers } from '../answers.ts';
import { answersFile } from './answers-file.ts';
import { SPOOL, spoolFolders } from './compose-folders.ts';
import { hostHelperFiles } from './host-helper-files.ts';
import type { AdminToken, Plan, PlanFacts, PlannedFile, PlannedFolder, PlannedSecret } from './plan.ts';
import { plannedActs } from './planned-acts.ts';
import { settingsText } from './settings-text.ts';
import { serviceUnits } from './systemd-units.ts';

/** The account of bot and ops, where root sets up; the same number as in the image. */
export const PRODUCT_ACCOUNT = { uid: 10_001, gid: 10_001 };
const ROOT = { uid: 0, gid: 0 };
const TOKEN = 'homeserver-admin-token';

/** What makes a household of bot and ops beside a Synapse that is there. */
export function planBare(answers: BareAnswers, facts: PlanFacts): Plan {
  const { data, homeserver } = answers;
  const isRoot = facts.self.uid === 0;
  const account = isRoot ? PRODUCT_ACCOUNT : facts.self;
  const admin = isRoot ? ROOT : facts.self;
  const settingsFile = `${data}/config/kinkeeper.yaml`;
  const secret = (name: string) => `${data}/secrets/${name}`;
  const adminToken: AdminToken | undefined = answers.makesAccounts
    ? {
        user: `${answers.bot}-accounts`,
        passwordFile: secret('accounts-password'),
        file: { path: secret(TOKEN), mode: 0o600, owner: account },
      }
    : undefined;
  const places = {
    ...{ homeserver, apiListen: answers.apiListen, stateDir: `${data}/state`, modelsDir: `${data}/models` },
    ...{ passwordFile: secret('bot-password'), passphraseFile: secret('passphrase') },
    backups: { recipientsFile: `${data}/config/backup-recipients.asc`, localDir: `${data}/backups` },
    answering: answeringOf(answers.model),
    more: {
      ...(adminToken !== undefined && { homeserver: { adminTokenFile: adminToken.file.path } }),
      ...(answers.start === 'systemd' && { host: { spoolDir: SPOOL } }),
    },
    withdrawn: { homeserver: { adminTokenFile: secret(TOKEN) } },
  };
  const files: PlannedFile[] = [
    { path: settingsFile, mode: 0o644, owner: admin, isRead: true, content: settingsText(answers, places, facts) },
    answersFile(answers, admin),
    ...(answers.start === 'systemd' ? serviceUnits({ ...facts, data, settingsFile, account }) : []),
    ...(answers.start === 'systemd' ? hostHelperFiles(answers, facts) : []),
  ];
  return {
    ...{ answers, files, settingsFile, homeserver, account },
    stateDir: `${data}/state`,
    secretFiles: { botPassword: secret('bot-password'), passphrase: secret('passphrase') },
    folders: [...foldersOf(data, account, admin), ...(answers.start === 'systemd' ? spoolFolders(account) : [])],
    adminToken,
    secrets: [
      ...secretsOf(data, account),
      ...(adminToken === undefined
        ? []
        : [{ path: adminToken.passwordFile, mode: 0o400, owner: admin, make: { kind: 'random' } } as const]),
    ],
    registration: { file: answers.homeserverConfig, kind: 'homeserver.yaml' },
    acts: plannedActs(answers, { files, model: undefined, adminToken, done: facts.done }),
  };
}

/** A model that is named is Ollama's; otherwise the bot looks for one by itself. */
function answeringOf(model: string): object {
  if (model === 'none') return { kind: 'extractive' };
  return model === 'auto' ? { kind: 'auto' } : { kind: 'ollama', url: 'http://127.0.0.1:11434', model };
}

function foldersOf(data: string, account: typeof ROOT, admin: typeof ROOT): PlannedFolder[] {
  const of = (name: string, mode: number, owner: typeof ROOT) => ({ path: `${data}${name}`, mode, owner });
  return [
    of('', 0o755, admin),
    of('/config', 0o755, admin),
    // The bot changes its own password (`rotate`): it has to write there.
    of('/secrets', 0o700, account),
    of('/state', 0o700, account),
    of('/backups', 0o700, account),
    of('/models', 0o755, account),
    of('/logs', 0o700, account),
  ];
}

function secretsOf(data: string, owner: typeof ROOT): PlannedSecret[] {
  const of = (name: string): PlannedSecret => ({
    path: `${data}/secrets/${name}`,
    mode: 0o600,
    owner,
    make: { kind: 'random' },
  });
  return [of('bot-password'), of('passphrase')];
}
