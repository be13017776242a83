import type { KeepRule } from '../core/backup/keep-policy.ts';
import type { JobName } from '../core/job.ts';
import type { HouseClass, PersonClass, RetentionPolicy } from '../core/retention/policy.ts';
import type { RemoteSettings } from './remotes-type.ts';
import type { ListenAddress, SettingsPerson } from './setting-types.ts';
import type { SettingKey, ValueOf } from './settings.ts';

/** Where passages are looked up. The key of Qdrant is in `Secrets`. */
export type StoreSettings = { readonly kind: 'sqlite' } | { readonly kind: 'qdrant'; readonly url: string };

/** Where dense vectors come from; `auto` may use the models folder. The key of an OpenAI-compatible server is in `Secrets`. */
export type EmbeddingSettings =
  | { readonly kind: 'auto'; readonly modelsDir: string; readonly downloadUrl?: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'transformers'; readonly model: string; readonly modelsDir: string; readonly downloadUrl?: string }
  | { readonly kind: 'ollama'; readonly url: string; readonly model: string }
  | { readonly kind: 'openai'; readonly url: string; readonly model: string };

/** Who words the answers. */
export type AnsweringSettings =
  | { readonly kind: 'auto' }
  | { readonly kind: 'extractive' }
  | { readonly kind: 'ollama'; readonly url: string; readonly model: string; readonly contextTokens: number }
  | { readonly kind: 'openai'; readonly url: string; readonly model: string; readonly contextTokens: number };

/** How new versions come in. `keyFile` is absolute. */
export type UpdateSettings =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'releases' | 'compose';
      readonly feed: string;
      readonly keyFile: string;
      readonly watchMs: number;
    };
/** What backups take along of the homeserver; the address of a PostgreSQL is in `Secrets`. */
export type HomeserverSettings =
  | { readonly kind: 'none' }
  | { readonly kind: 'sqlite'; readonly database: string; readonly folder: string; readonly media: string }
  | { readonly kind: 'postgres'; readonly folder: string; readonly media: string };
/** A mail server for alerts; its password is in `Secrets`. */
export interface MailSettings {
  readonly host: string;
  readonly port: number;
  readonly security: 'tls' | 'starttls' | 'none';
  readonly userName?: string;
  readonly from: string;
  readonly to: string;
}

/** How alerts leave the house when Matrix does not carry them. The token of the webhook is in `Secrets`. */
export interface AlertSettings {
  readonly from: 'warning' | 'critical';
  readonly mail?: MailSettings;
  readonly webhook?: { readonly url: string };
}

/** How the bot reaches the homeserver and who it is there. `opsRoom` is a room id or `auto`. */
export interface MatrixSettings {
  readonly homeserver: string;
  /** Where Element is in a browser, where one is served. */
  readonly webClient?: string | undefined;
  readonly userId: string;
  readonly opsRoom: string;
}

/** The settings without the Matrix part: enough for the console. Folders are absolute; addresses have no slash at the end. */
export interface LocalConfig {
  readonly stateDir: string;
  readonly log: ValueOf<'log'>;
  readonly logFile?: { readonly path: string; readonly bytes: number; readonly files: number };
  /** Where the passphrase is read from, as it is written in the settings; for replies that name the file. */
  readonly passphraseFile?: string;
  readonly people: readonly SettingsPerson[];
  readonly store: StoreSettings;
  readonly embedding: EmbeddingSettings;
  readonly answering: AnsweringSettings;
  readonly limits: {
    readonly fileBytes: number;
    readonly pagesPerFile: number;
    readonly extractSeconds: number;
    /** Recognition of scans and photos. */
    readonly ocr: { readonly languages: readonly string[]; readonly folder?: string; readonly pages: number };
  };
  /** Waits before people are erased, in milliseconds: after their own wish, and after an admin removed them. */
  readonly erase: { readonly coolingOffMs: number; readonly afterRemovalMs: number };
  readonly api: { readonly listen: ListenAddress | 'off'; readonly proxies: readonly string[] };
  readonly metrics: { readonly bot: ListenAddress | 'off'; readonly ops: ListenAddress | 'off' };
  readonly alerts: AlertSettings;
  /** How people come in; undefined where nothing is said of it. `authorityFile`: the household's own authority, as PEM. */
  readonly door: { readonly address: string | undefined; readonly authorityFile: string | undefined };
  /** Folder shared with the host helper; absolute. Without it there is no helper. */
  readonly host: { readonly spoolDir?: string };
  readonly update: UpdateSettings;
  /** Where newer models of Ollama are looked for; undefined: nowhere. */
  readonly modelRegistry: string | undefined;
  /** How long everything is kept. */
  readonly retention: RetentionPolicy;
  /** Backups are made when there are recipients. Where they lie, how long, and where they are sent. */
  readonly backup: {
    readonly recipientsFile?: string;
    readonly localDir: string;
    readonly keep: KeepRule;
    readonly remotes: readonly RemoteSettings[];
    /** Remotes whose key can only add: after how many days the far side removes archives by itself. */
    readonly daysAt: Readonly<Record<string, number>>;
  };
  readonly homeserver: HomeserverSettings;
  /** Cron expression per job; empty when the job is off. */
  readonly jobs: Readonly<Record<JobName, string>>;
}

/** All settings of the product. Only entry files hold one; they hand plain values down. Secrets are kept apart. */
export interface Config extends LocalConfig {
  readonly matrix: MatrixSettings;
}

/** Values by key, as the loader has read and defaulted them. A missing one is undefined. */
export type Values = { readonly [K in SettingKey]?: ValueOf<K> };

/** Builds the nested settings from checked values. `matrix` is left out when its required settings are missing. */
export function toConfig(values: Values): LocalConfig & { readonly matrix?: MatrixSettings } {
  const homeserver = values['matrix.homeserver'];
  const userId = values['matrix.userId'];
  return {
    stateDir: must(values, 'stateDir'),
    log: must(values, 'log'),
    ...logFile(values),
    ...passphraseFile(values['keys.passphraseFile']),
    people: must(values, 'people'),
    store: store(values),
    embedding: embedding(values),
    answering: answering(values),
    limits: {
      fileBytes: must(values, 'limits.fileBytes'),
      pagesPerFile: must(values, 'limits.pagesPerFile'),
      extractSeconds: must(values, 'limits.extractSeconds'),
      ocr: ocr(values),
    },
    erase: {
      coolingOffMs: must(values, 'erase.coolingOffHours') * 3_600_000,
      afterRemovalMs: must(values, 'erase.afterRemovalDays') * 86_400_000,
    },
    retention: retention(values),
    api: { listen: must(values, 'api.listen'), proxies: must(values, 'api.proxies') },
    door: { address: values['door.address'], authorityFile: values['door.authorityFile'] },
    host: { ...(values['host.spoolDir'] !== undefined && { spoolDir: values['host.spoolDir'] }) },
    update: update(values),
    modelRegistry: registry(must(values, 'update.modelRegistry')),
    backup: backup(values),
    homeserver: homeserverPlace(values),
    metrics: { bot: must(values, 'metrics.bot'), ops: must(values, 'metrics.ops') },
    alerts: alerts(values),
    jobs: {
      health: must(values, 'jobs.health'),
      audit: must(values, 'jobs.audit'),
      backup: must(values, 'jobs.backup'),
      drill: must(values, 'jobs.drill'),
      send: must(values, 'jobs.send'),
      sendBeside: must(values, 'jobs.sendBeside'),
      digest: must(values, 'jobs.digest'),
      hostUpdates: must(values, 'jobs.hostUpdates'),
      update: must(values, 'jobs.update'),
      evidence: must(values, 'jobs.evidence'),
      rehearsal: must(values, 'jobs.rehearsal'),
      checklist: must(values, 'jobs.checklist'),
      // No setting: nobody wants these to come by themselves (CONFIRMED_JOBS).
      ...{ sshHostKeys: '', wireguard: '' },
    },
    ...(homeserver && userId
      ? {
          matrix: {
            homeserver,
            userId,
            opsRoom: must(values, 'matrix.opsRoom'),
            webClient: values['matrix.webClient'],
          },
        }
      : {}),
  };
}

function logFile(values: Values): Pick<LocalConfig, 'logFile'> {
  const path = values['logFile.path'];
  if (path === undefined) return {};
  return { logFile: { path, bytes: must(values, 'logFile.bytes'), files: must(values, 'logFile.files') } };
}

const MAIL_PORTS = { tls: 465, starttls: 587, none: 25 } as const;

function alerts(values: Values): AlertSettings {
  const [host, url, userName] = [
    values['alerts.mail.host'],
    values['alerts.webhook.url'],
    values['alerts.mail.userName'],
  ];
  const security = must(values, 'alerts.mail.security');
  const mail = host !== undefined && {
    host,
    port: values['alerts.mail.port'] ?? MAIL_PORTS[security],
    security,
    ...(userName !== undefined && { userName }),
    from: must(values, 'alerts.mail.from'),
    to: must(values, 'alerts.mail.to'),
  };
  return {
    from: must(values, 'alerts.secondWay.from'),
    ...(mail && { mail }),
    ...(url !== undefined && { webhook: { url } }),
  };
}

// A bare word is most likely the passphrase itself, put where its path belongs: it must not be shown.
function passphraseFile(path: string | undefined): { passphraseFile?: string } {
  return path?.includes('/') ? { passphraseFile: path } : {};
}

function retention(values: Values): RetentionPolicy {
  const rule = (name: PersonClass) => ({
    kept: must(values, `retention.${name}`),
    ...must(values, `retention.${name}Bounds`),
  });
  const house = (name: HouseClass) => must(values, `retention.${name}`);
  return {
    person: { chat: rule('chat'), documents: rule('documents'), badAnswers: rule('badAnswers') },
    house: {
      audit: house('audit'),
      jobs: house('jobs'),
      alerts: house('alerts'),
      ids: house('ids'),
    },
  };
}

function update(values: Values): UpdateSettings {
  const kind = must(values, 'update.kind');
  if (kind === 'none') return { kind };
  return {
    kind,
    feed: must(values, 'update.feed'),
    keyFile: must(values, 'update.keyFile'),
    watchMs: must(values, 'update.watchSeconds') * 1000,
  };
}

function registry(address: string): string | undefined {
  return address === 'off' ? undefined : address;
}

function backup(values: Values): LocalConfig['backup'] {
  const remotes = must(values, 'backup.remotes');
  const recipientsFile = values['backup.recipientsFile'];
  return {
    ...(recipientsFile !== undefined && { recipientsFile }),
    localDir: must(values, 'backup.localDir'),
    keep: {
      last: must(values, 'backup.keep.last'),
      daily: must(values, 'backup.keep.daily'),
      weekly: must(values, 'backup.keep.weekly'),
      monthly: must(values, 'backup.keep.monthly'),
    },
    remotes,
    daysAt: Object.fromEntries(remotes.flatMap((one) => ('keptDays' in one ? [[one.name, one.keptDays!]] : []))),
  };
}

function homeserverPlace(values: Values): HomeserverSettings {
  const kind = must(values, 'homeserver.kind');
  if (kind === 'none') return { kind };
  const folders = { folder: must(values, 'homeserver.folder'), media: must(values, 'homeserver.media') };
  return kind === 'sqlite' ? { kind, database: must(values, 'homeserver.database'), ...folders } : { kind, ...folders };
}

function store(values: Values): StoreSettings {
  const kind = must(values, 'store.kind');
  return kind === 'sqlite' ? { kind } : { kind, url: must(values, 'store.url') };
}

function ocr(values: Values): LocalConfig['limits']['ocr'] {
  const folder = values['reading.ocrFolder'];
  return {
    languages: must(values, 'reading.ocrLanguages'),
    ...(folder !== undefined && { folder }),
    pages: must(values, 'limits.ocrPages'),
  };
}

function embedding(values: Values): EmbeddingSettings {
  const kind = must(values, 'embedding.kind');
  if (kind === 'none') return { kind };
  if (kind === 'auto') return { kind, ...folderOfModels(values) };
  const model = must(values, 'embedding.model');
  if (kind === 'transformers') return { kind, model, ...folderOfModels(values) };
  return { kind, url: must(values, 'embedding.url'), model };
}

function folderOfModels(values: Values): { modelsDir: string; downloadUrl?: string } {
  const downloadUrl = values['embedding.downloadUrl'];
  return { modelsDir: must(values, 'embedding.modelsDir'), ...(downloadUrl !== undefined && { downloadUrl }) };
}

function answering(values: Values): AnsweringSettings {
  const kind = must(values, 'answering.kind');
  if (kind === 'auto' || kind === 'extractive') return { kind };
  return {
    kind,
    url: must(values, 'answering.url'),
    model: must(values, 'answering.model'),
    contextTokens: must(values, 'answering.contextTokens'),
  };
}

function must<K extends SettingKey>(values: Values, key: K): ValueOf<K> {
  const value = values[key];
  if (value === undefined) throw new Error(`setting ${key} has neither a value nor a fault`);
  return value as ValueOf<K>;
}
