import { existsSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { writeAge } from '../core/retention/age.ts';
import { judgeChoice, PERSON_CLASSES, type PersonClass } from '../core/retention/policy.ts';
import { type Config, type LocalConfig, type MatrixSettings, toConfig, type Values } from './config.ts';
import { ConfigError, type Fault, shown } from './config-error.ts';
import { readEnvironment, readSettingsFile, SETTINGS_FILE } from './read-settings-file.ts';
import { readRemoteSecrets, type S3Keys } from './remote-secrets.ts';
import type { Secret } from './secret.ts';
import { readCredential, readSecretFile, type SecretResult } from './secret-file.ts';
import { SETTING_KEYS, type SettingKey, sectionOf, setting, variableOf } from './settings.ts';

/** Opened secrets; undefined when the setting is left out and no credential stands in. */
export interface Secrets {
  readonly matrixPassword: Secret | undefined;
  readonly passphrase: Secret | undefined;
  readonly storeApiKey: Secret | undefined;
  readonly embeddingApiKey: Secret | undefined;
  readonly answeringApiKey: Secret | undefined;
  readonly homeserverConnection: Secret | undefined;
  readonly homeserverAdminToken: Secret | undefined;
  readonly mailPassword: Secret | undefined;
  readonly webhookToken: Secret | undefined;
  /** Keys of the S3 remotes by their names. */
  readonly remotes: ReadonlyMap<string, S3Keys>;
}

/** Which setting holds which secret. */
const SECRETS = {
  matrixPassword: 'matrix.passwordFile',
  passphrase: 'keys.passphraseFile',
  storeApiKey: 'store.apiKeyFile',
  embeddingApiKey: 'embedding.apiKeyFile',
  answeringApiKey: 'answering.apiKeyFile',
  homeserverConnection: 'homeserver.connectionFile',
  homeserverAdminToken: 'homeserver.adminTokenFile',
  mailPassword: 'alerts.mail.passwordFile',
  webhookToken: 'alerts.webhook.tokenFile',
} as const satisfies Record<Exclude<keyof Secrets, 'remotes'>, SettingKey>;

export interface LoadOptions {
  /** Settings file; without one the environment alone decides. Relative paths inside it start at its folder. */
  readonly file?: string | undefined;
  readonly env: NodeJS.ProcessEnv;
  /** The secrets that this process needs; files of others are not even opened. All of them when left out. */
  readonly secrets?: readonly (keyof Secrets)[];
}

/** Shown as the source of faults when no settings file was named and none lies in the folder. */
const NO_FILE = 'environment only: there is no kinkeeper.yaml here, start from config/sample.yaml';

interface Loading extends LoadOptions {
  readonly faults: Fault[];
  readonly baseDir: string;
  readonly raw: ReadonlyMap<SettingKey, { readonly value: unknown; readonly from: 'file' | 'environment' }>;
}

/** A file that the settings come from. `name` is its own, or the setting that names it; secrets are known by their setting. */
export interface ReadFile {
  readonly name: string;
  readonly path: string;
  readonly isSecret: boolean;
}

/** Reads, checks and defaults all settings, for bot and ops. Throws one ConfigError with every fault. */
export function loadConfig(options: LoadOptions): { config: Config; secrets: Secrets; files: readonly ReadFile[] } {
  return load(options, []) as ReturnType<typeof loadConfig>;
}

/** As `loadConfig`, for the console: the Matrix settings may be missing (they are checked when they are there). */
export function loadLocalConfig(options: LoadOptions): {
  config: LocalConfig & { readonly matrix?: MatrixSettings };
  secrets: Secrets;
} {
  return load(options, ['matrix']);
}

function load(options: LoadOptions, optionalSections: readonly string[]) {
  const loading = readRaw(options);
  if (loading.faults.some((one) => one.key === SETTINGS_FILE))
    throw new ConfigError(loading.faults, options.file ?? '');
  const values = readValues(loading, optionalSections);
  const secrets = readSecrets(loading, values);
  if (loading.faults.length > 0) throw new ConfigError(loading.faults, options.file ?? NO_FILE);
  return { config: toConfig(values), secrets, files: filesOf(loading, values) };
}

function filesOf({ file, baseDir }: Loading, values: Values): ReadFile[] {
  const secrets = Object.values(SECRETS).flatMap((name) => {
    const path = values[name];
    return path === undefined ? [] : [{ name, path: resolve(baseDir, path), isSecret: true }];
  });
  const settings = file === undefined ? [] : [{ name: basename(file), path: resolve(file), isSecret: false }];
  return [...settings, ...secrets];
}

function readRaw(options: LoadOptions): Loading {
  const faults: Fault[] = [];
  const raw = new Map<SettingKey, { value: unknown; from: 'file' | 'environment' }>();
  if (options.file !== undefined) {
    for (const [key, value] of readSettingsFile(options.file, faults)) raw.set(key, { value, from: 'file' });
  }
  for (const [key, value] of readEnvironment(options.env, faults)) raw.set(key, { value, from: 'environment' });
  const baseDir = options.file === undefined ? process.cwd() : dirname(resolve(options.file));
  return { ...options, faults, raw, baseDir };
}

function readValues(loading: Loading, optionalSections: readonly string[]): Values {
  const values: Record<string, unknown> = {};
  for (const key of SETTING_KEYS) {
    const given = loading.raw.get(key);
    if (given !== undefined && belongs(key, loading, values)) values[key] = parseValue(key, given.value, loading);
    else if (given === undefined && wanted(key, values)) {
      const row = setting(key);
      if (row.fallback !== undefined) values[key] = parseValue(key, row.fallback, loading);
      // A required secret may also come as a credential: readSecret sees to it.
      else if (row.required && row.credential === undefined && !optionalSections.includes(sectionOf(key) ?? '')) {
        fault(loading, key, `missing; expected ${row.type.expected}`);
      }
    }
  }
  const own = values['matrix.userId'];
  const people = (values.people ?? []) as readonly { id: string }[];
  const index = people.findIndex((one) => one.id === own);
  if (own !== undefined && index >= 0)
    fault(loading, 'people', 'expected people, but the bot’s own account is among them', `[${index}].id`);
  for (const name of PERSON_CLASSES) checkBounds(name, loading, values as Values);
  checkMail(loading, values as Values);
  return values as Values;
}

/** What holds where nobody chooses must be something that may be chosen. */
function checkBounds(name: PersonClass, loading: Loading, values: Values): void {
  const [kept, bounds] = [values[`retention.${name}`], values[`retention.${name}Bounds`]];
  if (kept === undefined || bounds === undefined || judgeChoice({ kept, ...bounds }, kept) === 'ok') return;
  const expected = `expected a time within retention.${name}Bounds (${writeAge(bounds.least)} to ${writeAge(bounds.most)})`;
  fault(loading, `retention.${name}`, `${expected}, given ${shown(writeAge(kept))}`);
}

/** What a mail takes, once a mail server is named; and nothing of it without one. */
function checkMail(loading: Loading, values: Values): void {
  const { host, ...rest } = mailValues(values);
  if (host === undefined) {
    const given = Object.entries(rest).find(([, value]) => value !== undefined)?.[0] as SettingKey | undefined;
    if (given !== undefined) fault(loading, 'alerts.mail.host', `missing; expected, because ${given} is there`);
    return;
  }
  for (const key of ['alerts.mail.from', 'alerts.mail.to'] as const)
    if (values[key] === undefined && !loading.raw.has(key))
      fault(loading, key, `missing; expected ${setting(key).type.expected}, because alerts.mail.host is there`);
  const isNear = /^(localhost|127\.\d+\.\d+\.\d+|\[?::1\]?)$/.test(host);
  if (values['alerts.mail.security'] === 'none' && !isNear)
    fault(loading, 'alerts.mail.security', 'expected tls or starttls: without them only to this machine (127.0.0.1)');
  if (values['alerts.mail.passwordFile'] !== undefined && values['alerts.mail.userName'] === undefined)
    fault(loading, 'alerts.mail.userName', 'missing; expected, because alerts.mail.passwordFile is there');
}

function mailValues(values: Values): Readonly<Record<string, unknown>> & { readonly host: string | undefined } {
  const keys = ['port', 'userName', 'passwordFile', 'from', 'to'].map((name) => `alerts.mail.${name}` as SettingKey);
  return { ...Object.fromEntries(keys.map((key) => [key, values[key]])), host: values['alerts.mail.host'] };
}

/** False, with a fault, when the kind of the section does not use this setting. A kind from the environment overrules the file silently. */
function belongs(key: SettingKey, loading: Loading, values: Record<string, unknown>): boolean {
  if (wanted(key, values)) return true;
  const kindKey = `${sectionOf(key)}.kind` as SettingKey;
  const overruled = loading.raw.get(kindKey)?.from === 'environment' && loading.raw.get(key)?.from === 'file';
  const kinds = setting(key).only?.join(' or ');
  if (!overruled && values[kindKey] !== undefined) {
    fault(loading, key, `expected only with ${kindKey} ${kinds}, but the kind is ${values[kindKey]}`);
  }
  return false;
}

/** Whether the section's kind (earlier in the table, so read already) uses the setting. */
function wanted(key: SettingKey, values: Record<string, unknown>): boolean {
  const only = setting(key).only;
  return only === undefined || only.includes(String(values[`${sectionOf(key)}.kind`]));
}

function parseValue(key: SettingKey, raw: unknown, loading: Loading): unknown {
  const { type } = setting(key);
  const parsed = type.parse(raw);
  const absolute = (path: string) => resolve(loading.baseDir, path);
  if (parsed.ok && type.absolute) return type.absolute(parsed.value, absolute);
  if (parsed.ok) return type.role === 'path' ? absolute(String(parsed.value)) : parsed.value;
  for (const problem of parsed.problems) {
    const given = type.role === 'secret-file' ? '' : givenPart(problem);
    fault(loading, key, `expected ${problem.expected}${given}`, problem.at);
  }
  return undefined;
}

function givenPart(problem: { readonly given?: unknown }): string {
  if (!('given' in problem)) return '';
  return problem.given === undefined ? ', but it is missing' : `, given ${shown(problem.given)}`;
}

function readSecrets(loading: Loading, values: Values): Secrets {
  const names = loading.secrets ?? [...(Object.keys(SECRETS) as (keyof typeof SECRETS)[]), 'remotes'];
  const read = (name: keyof typeof SECRETS) =>
    names.includes(name) ? readSecret(SECRETS[name], loading, values) : undefined;
  return {
    matrixPassword: read('matrixPassword'),
    passphrase: read('passphrase'),
    storeApiKey: read('storeApiKey'),
    embeddingApiKey: read('embeddingApiKey'),
    answeringApiKey: read('answeringApiKey'),
    homeserverConnection: read('homeserverConnection'),
    homeserverAdminToken: read('homeserverAdminToken'),
    mailPassword: read('mailPassword'),
    webhookToken: read('webhookToken'),
    remotes: readRemoteSecrets((names.includes('remotes') && values['backup.remotes']) || [], (at, problem) =>
      fault(loading, 'backup.remotes', problem, at),
    ),
  };
}

function readSecret(key: (typeof SECRETS)[keyof typeof SECRETS], loading: Loading, values: Values): Secret | undefined {
  const result = openSecret(key, loading, values[key]);
  if (result === undefined) {
    const { required, type } = setting(key);
    if (required && wanted(key, values)) fault(loading, key, `missing; expected ${type.expected}`);
    return undefined;
  }
  if ('secret' in result) return result.secret;
  fault(loading, key, result.problem);
  return undefined;
}

function openSecret(key: SettingKey, loading: Loading, path: string | undefined): SecretResult | undefined {
  const credential = setting(key).credential;
  if (path === undefined) return credential === undefined ? undefined : readCredential(credential, loading.env);
  const file = resolve(loading.baseDir, path);
  // A bare word that names no file is most likely the secret itself, put where its path belongs: it must not be shown.
  if (!path.includes('/') && !existsSync(file)) {
    return { problem: 'expected the path of a file, such as ./secrets/name; the word given names none (not shown)' };
  }
  return readSecretFile(file, { checkMode: true });
}

function fault(loading: Loading, key: SettingKey, problem: string, at = ''): void {
  loading.faults.push({ key: `${key}${at}`, variable: variableOf(key), problem });
}
