import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fillTemplate } from '../../../core/fill-template.ts';

const REPO = fileURLToPath(new URL('../../../', import.meta.url));
const DEPLOY = join(REPO, 'config/deploy');

/** What a deployment of the laboratory is to be. */
export interface DeploymentWish {
  /** New or empty: docker-compose.yml, .env, `data` and `spool` come to lie in it. */
  readonly folder: string;
  readonly values: Readonly<Record<'publicHost' | 'serverName' | 'botName' | 'adminName', string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** Where it lies now. `botPassword`: of the account that has yet to be made, with `registration`. */
export interface Deployment {
  readonly file: string;
  readonly env: string;
  readonly data: string;
  readonly botPassword: string;
  readonly registration: string;
}

/** Lays the files of a deployment as config/deploy/README.md says, from its templates. Root only. */
export function layDeployment({ folder, values, env }: DeploymentWish): Deployment {
  const [data, spool] = [join(folder, 'data'), join(folder, 'spool')];
  place(data, 0, 0o711);
  layFolders(data, spool);
  layConfig(data, {
    ...values,
    uploadMebibytes: '50',
    resolver: '127.0.0.11',
    net: '172.31.25',
    answering: 'extractive',
  });
  const secrets = laySecrets(data, values);
  laySigningKey(data);
  execFileSync(join(DEPLOY, 'tls/tls.sh'), ['own-ca', join(data, 'tls'), values.publicHost], { stdio: 'ignore' });
  const lines = Object.entries({ KINKEEPER_DATA: data, KINKEEPER_SPOOL: spool, ...env }).map(
    ([name, value]) => `${name}=${value}\n`,
  );
  cpSync(join(REPO, 'docker-compose.yml'), join(folder, 'docker-compose.yml'));
  writeFileSync(join(folder, '.env'), lines.join(''), { mode: 0o600 });
  return { file: join(folder, 'docker-compose.yml'), env: join(folder, '.env'), data, ...secrets };
}

function layFolders(data: string, spool: string): void {
  for (const name of ['config', 'acme', 'tls', 'logs/nginx', 'secrets']) place(join(data, name), 0, 0o755);
  for (const name of ['state', 'backups', 'models']) place(join(data, name), 10001, 0o700);
  for (const name of ['', 'media_store']) place(join(data, 'synapse', name), 991, 0o2750);
  place(join(data, 'postgres'), 999, 0o700);
  for (const name of ['', 'blobs', 'manifests']) place(join(data, 'ollama', name), 10002, 0o700);
  place(spool, 0, 0o755);
  for (const name of ['requests', 'incoming']) place(join(spool, name), 10001, 0o700);
}

function layConfig(data: string, values: Readonly<Record<string, string>>): void {
  for (const folder of ['.', 'nginx', 'synapse', 'element', 'monitoring']) {
    for (const name of readdirSync(join(DEPLOY, folder)).filter((one) => /\.(conf|ya?ml|json)$/.test(one))) {
      const to = join(data, 'config', folder, name);
      mkdirSync(dirname(to), { recursive: true, mode: 0o755 });
      writeFileSync(to, fillTemplate(readFileSync(join(DEPLOY, folder, name), 'utf8'), values), { mode: 0o644 });
    }
  }
}

function laySecrets(data: string, { adminName }: DeploymentWish['values']) {
  const [botPassword, registration, database] = [random(), random(), random()];
  const put = (path: string, owner: number, content: string) => {
    const file = join(data, 'secrets', path);
    place(dirname(file), owner, 0o700);
    writeFileSync(file, `${content}\n`, { mode: 0o400 });
    chownSync(file, owner, owner);
  };
  put('kinkeeper/bot-password', 10001, botPassword);
  put('kinkeeper/passphrase', 10001, random());
  put('ops/homeserver-connection', 10001, `postgresql://synapse:${database}@postgres:5432/synapse`);
  put('synapse/registration', 991, registration);
  put('synapse/macaroon', 991, random());
  put('synapse/form', 991, random());
  put('synapse/pgpass', 991, `postgres:5432:synapse:synapse:${database}`);
  put('postgres/password', 999, database);
  const hash = execFileSync('openssl', ['passwd', '-6', '-stdin'], { encoding: 'utf8', input: random() });
  put('nginx/status-htpasswd', 101, `${adminName}:${hash.trim()}`);
  return { botPassword, registration };
}

/** In signedjson's own form. */
function laySigningKey(data: string): void {
  const file = join(data, 'synapse/signing.key');
  writeFileSync(file, `ed25519 a_lab1 ${randomBytes(32).toString('base64').replace(/=+$/, '')}\n`);
  chownSync(file, 991, 991);
  chmodSync(file, 0o640);
}

function place(folder: string, owner: number, mode: number): void {
  mkdirSync(folder, { recursive: true });
  chownSync(folder, owner, owner);
  chmodSync(folder, mode);
}

function random(): string {
  return randomBytes(24).toString('base64url');
}
