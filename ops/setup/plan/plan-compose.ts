import { fillTemplate } from '../../../core/fill-template.ts';
import type { ComposeAnswers } from '../answers.ts';
import { answersFile } from './answers-file.ts';
import { composeFile } from './compose-file.ts';
import { composeFolders, SPOOL } from './compose-folders.ts';
import { ACCOUNTS, composeSecrets } from './compose-secrets.ts';
import { envText, NET } from './env-text.ts';
import { hostHelperFiles } from './host-helper-files.ts';
import { withOwnersOnHost } from './owners-on-host.ts';
import type { AdminToken, Plan, PlanFacts, PlannedFile } from './plan.ts';
import { AUTHORITY, plannedActs } from './planned-acts.ts';
import { settingsText } from './settings-text.ts';

/** Folders of config/deploy whose files go below DATA/config. */
const TEMPLATES = /^(nginx|synapse|element|monitoring)\/[^/]+$/;
const UPLOAD_MEBIBYTES = 50;
const TOKEN = 'homeserver-admin-token';

/** What makes a household of containers, Synapse and its database among them. */
export function planCompose(answers: ComposeAnswers, facts: PlanFacts): Plan {
  const { data, profiles } = answers;
  const model = modelOf(answers, facts);
  const { makesAccounts } = answers;
  const { folders, secrets } = composeSecrets(data, { hasQdrant: profiles.includes('qdrant'), makesAccounts });
  const adminToken = makesAccounts ? adminTokenOf(answers) : undefined;
  const settingsFile = `${data}/config/kinkeeper.yaml`;
  const file = (path: string, content: string, mode = 0o644): PlannedFile => ({
    path,
    mode,
    owner: ACCOUNTS.root,
    isRead: true,
    content,
  });
  const files = [
    file(settingsFile, composeSettings(answers, facts, model)),
    ...filledTemplates(answers, facts).map(([name, content]) => file(`${data}/config/${name}`, content)),
    file(
      `${facts.product}/.env`,
      envText(answers, { ...facts, model, now: facts.env, ...(facts.podman && { file: composeFile(facts) }) }),
      0o600,
    ),
    answersFile(answers, ACCOUNTS.root),
    ...hostHelperFiles(answers, facts),
  ];
  const plan: Plan = {
    ...{ answers, files, secrets, settingsFile, homeserver: undefined, account: ACCOUNTS.product },
    folders: [...composeFolders(answers), ...folders],
    stateDir: `${data}/state`,
    secretFiles: {
      botPassword: `${data}/secrets/bot-login/bot-password`,
      passphrase: `${data}/secrets/kinkeeper/passphrase`,
    },
    registration: { file: `${data}/secrets/synapse/registration`, kind: 'secret' },
    adminToken,
    acts: plannedActs(answers, { files, model, adminToken, done: facts.done }),
  };
  return facts.podman?.account ? withOwnersOnHost(plan, facts.podman.socket, facts.podman.account) : plan;
}

function adminTokenOf({ data, bot }: ComposeAnswers): AdminToken {
  const file = { path: `${data}/secrets/kinkeeper/${TOKEN}`, mode: 0o400, owner: ACCOUNTS.product };
  return { user: `${bot}-accounts`, passwordFile: `${data}/secrets/accounts-password`, file };
}

/** The model that is fetched; undefined: none. */
function modelOf({ model }: ComposeAnswers, facts: PlanFacts): string | undefined {
  if (model === 'none') return undefined;
  return model === 'auto' ? facts.model : model;
}

/** Places as docker-compose.yml lays them out inside of the containers. */
function composeSettings(answers: ComposeAnswers, facts: PlanFacts, model: string | undefined): string {
  const adminTokenFile = `/run/secrets/${TOKEN}`;
  const store = { kind: 'qdrant', url: 'http://qdrant:6333', apiKeyFile: '/run/secrets/qdrant-key' };
  const webClient = `https://${answers.host}/element`;
  const authorityFile = `/config/${AUTHORITY}`;
  const places = {
    ...{
      homeserver: 'http://synapse:8008',
      apiListen: '0.0.0.0:8765',
      // The door's own network. The VPN's addresses are private ones as well, and each of its devices counts by itself.
      proxies: [`${NET}2.0/24`],
      stateDir: '/data/state',
      modelsDir: '/data/models',
    },
    webClient: answers.profiles.includes('element') ? webClient : undefined,
    ...{ passwordFile: '/run/secrets-bot/bot-password', passphraseFile: '/run/secrets/passphrase' },
    backups: { recipientsFile: '/config/backup-recipients.asc', localDir: '/data/backups' },
    answering: model === undefined ? { kind: 'extractive' } : { kind: 'ollama', url: 'http://ollama:11434', model },
    more: {
      ...(answers.profiles.includes('qdrant') && { store }),
      door: { address: `https://${answers.host}`, ...(answers.certificate === 'own-ca' && { authorityFile }) },
      host: { spoolDir: SPOOL },
      // Ollama has no way out: newer models come in by hand.
      update: { modelRegistry: '' },
      homeserver: {
        kind: 'postgres',
        connectionFile: '/run/secrets-ops/homeserver-connection',
        folder: '/homeserver',
        media: '/homeserver/media_store',
        ...(answers.makesAccounts && { adminTokenFile }),
      },
    },
    withdrawn: { matrix: { webClient }, store, homeserver: { adminTokenFile }, door: { authorityFile } },
  };
  return settingsText(answers, places, facts);
}

function filledTemplates(answers: ComposeAnswers, { templates, podman }: PlanFacts): [string, string][] {
  const fillings = {
    publicHost: answers.host,
    serverName: answers.serverName,
    uploadMebibytes: String(UPLOAD_MEBIBYTES),
    net: NET,
  };
  const names = Object.keys(templates).filter((name) => TEMPLATES.test(name));
  return names
    .sort()
    .map((name) => [name, fillTemplate(templates[name]!, { ...fillings, resolver: resolverOf(name, podman) })]);
}

/** Docker's own; with Podman the gateway of a network of who asks, which tells of all the others that they are in. */
function resolverOf(template: string, podman: PlanFacts['podman']): string {
  if (!podman) return '127.0.0.11';
  return template === 'nginx/ollama.conf' ? `${NET}5.1` : `${NET}2.1`;
}
