import { people } from './people-type.ts';
import { remotes } from './remotes-type.ts';
import {
  age,
  ageBounds,
  choice,
  count,
  languages,
  limitedAge,
  listen,
  mailAddress,
  nearUrl,
  networks,
  opsRoom,
  path,
  type SettingType,
  schedule,
  secretFile,
  text,
  url,
  urlOrOff,
  userId,
} from './setting-types.ts';

/** One line of the table. `fallback` is written as in the settings file. */
export interface Setting<T = unknown> {
  readonly type: SettingType<T>;
  /** One line for people, shown in the sample. */
  readonly meaning: string;
  /** Value when the setting is left out. */
  readonly fallback?: unknown;
  /** The start is refused without it (with `only`: for those kinds). */
  readonly required?: boolean;
  /** The setting belongs to some kinds of its section; with any other kind it contradicts. */
  readonly only?: readonly string[];
  /** What the sample shows when there is no fallback. */
  readonly example?: unknown;
  /** Naming it switches something on, so the sample shows it as a comment. */
  readonly switchesOn?: true;
  /** Name of the systemd credential that stands in when the file is not named. Secret files only. */
  readonly credential?: string;
}

/**
 * Every setting of the product, in the order of the sample. Names of keys are fixed: people's files depend on them.
 * The loader, the environment variables, the sample and the messages about faults derive from this table.
 */
export const SETTINGS = {
  stateDir: { type: path, fallback: './state', meaning: 'Folder of everything that is kept; all of it encrypted' },
  log: {
    type: choice(['trace', 'debug', 'info', 'warn', 'error', 'silent']),
    fallback: 'info',
    meaning: 'How much the log says; it never holds words of people or documents',
  },
  'logFile.path': {
    type: path,
    switchesOn: true,
    example: './logs/kinkeeper.log',
    meaning:
      'File that the log goes to instead of the output, for who runs without systemd or Docker; of ops with -ops behind its name',
  },
  'logFile.bytes': {
    type: count('bytes', 100_000, 1_073_741_824),
    fallback: 10_485_760,
    meaning: 'Size at which the file is put aside and a new one begun',
  },
  'logFile.files': { type: count('files', 1, 100), fallback: 5, meaning: 'How many of those put aside are kept' },
  'matrix.homeserver': {
    type: url,
    required: true,
    example: 'http://127.0.0.1:8008',
    meaning: 'Address of the homeserver',
  },
  'matrix.userId': { type: userId, required: true, example: '@kin:home.test', meaning: 'The bot’s own account' },
  'matrix.passwordFile': {
    type: secretFile,
    credential: 'matrix-password',
    example: './secrets/bot-password',
    meaning: 'File with the password of the bot’s account',
  },
  'matrix.opsRoom': {
    type: opsRoom,
    fallback: 'auto',
    meaning: 'Room of the admins. auto: the bot creates it encrypted and invites them',
  },
  'matrix.webClient': {
    type: url,
    switchesOn: true,
    example: 'https://matrix.home.test/element',
    meaning: 'Address of Element in a browser, where one is served for the family: it stands on set-up cards',
  },
  people: {
    type: people,
    fallback: [],
    example: [
      { id: '@ada:home.test', role: 'admin' },
      { id: '@ben:home.test', role: 'member', language: 'de' },
    ],
    meaning: 'The first people; more can be added from the ops room',
  },
  'keys.passphraseFile': {
    type: secretFile,
    credential: 'passphrase',
    example: './secrets/passphrase',
    meaning: 'File with the passphrase of the state folder. Left out: start sealed and wait for `kinkeeper unlock`',
  },
  'store.kind': {
    type: choice(['sqlite', 'qdrant']),
    fallback: 'sqlite',
    meaning: 'Where passages are looked up. qdrant: in a Qdrant server that follows the sealed files',
  },
  'store.url': {
    type: nearUrl,
    only: ['qdrant'],
    required: true,
    example: 'http://127.0.0.1:6333',
    meaning: 'Address of Qdrant',
  },
  'store.apiKeyFile': {
    type: secretFile,
    only: ['qdrant'],
    required: true,
    credential: 'store-api-key',
    example: './secrets/store-api-key',
    meaning: 'File with the api_key of Qdrant, which must run with jwt_rbac: true',
  },
  'embedding.kind': {
    type: choice(['auto', 'none', 'transformers', 'ollama', 'openai']),
    fallback: 'auto',
    meaning: 'Dense vectors. none: the built-in signals only. auto: the best that is there',
  },
  'embedding.url': {
    type: url,
    only: ['ollama', 'openai'],
    required: true,
    example: 'http://127.0.0.1:11434',
    meaning: 'Address of the embedding server',
  },
  'embedding.model': {
    type: text,
    only: ['transformers', 'ollama', 'openai'],
    required: true,
    example: 'multilingual-e5-small',
    meaning: 'Name of the embedding model',
  },
  'embedding.modelsDir': {
    type: path,
    only: ['auto', 'transformers'],
    fallback: './models',
    meaning: 'Folder of local models, one folder per model',
  },
  'embedding.downloadUrl': {
    type: nearUrl,
    only: ['auto', 'transformers'],
    example: 'https://huggingface.co',
    meaning:
      'Model hub that a model missing from the folder is downloaded from, once. Left out: nothing is ever downloaded',
  },
  'embedding.apiKeyFile': {
    type: secretFile,
    only: ['openai'],
    credential: 'embedding-api-key',
    example: './secrets/embedding-api-key',
    meaning: 'File with the key of the embedding server',
  },
  'answering.kind': {
    type: choice(['auto', 'extractive', 'ollama', 'openai']),
    fallback: 'auto',
    meaning: 'Who words the answers. extractive: the passages themselves. auto: the best that is there',
  },
  'answering.url': {
    type: url,
    only: ['ollama', 'openai'],
    required: true,
    example: 'http://127.0.0.1:11434',
    meaning: 'Address of the language model’s server',
  },
  'answering.model': {
    type: text,
    only: ['ollama', 'openai'],
    required: true,
    example: 'qwen3:4b',
    meaning: 'Name of the language model',
  },
  'answering.apiKeyFile': {
    type: secretFile,
    only: ['openai'],
    credential: 'answering-api-key',
    example: './secrets/answering-api-key',
    meaning: 'File with the key of the language model’s server',
  },
  'answering.contextTokens': {
    type: count('tokens', 1024, 1_048_576),
    only: ['ollama', 'openai'],
    fallback: 8192,
    meaning: 'Context that question, passages and answer may fill together',
  },
  'reading.ocrLanguages': {
    type: languages,
    fallback: 'eng, deu',
    meaning: 'Languages of scans and photos, most likely first; each one more takes time. eng and deu are built in',
  },
  'reading.ocrFolder': {
    type: path,
    example: './tessdata',
    meaning: 'Folder with <language>.traineddata files of Tesseract for other languages',
  },
  'limits.fileBytes': {
    type: count('bytes', 1024, 1_073_741_824),
    fallback: 52_428_800,
    meaning: 'Largest file that is read',
  },
  'limits.pagesPerFile': { type: count('pages', 1, 100_000), fallback: 2000, meaning: 'Most pages of one file' },
  'limits.extractSeconds': { type: count('seconds', 1, 3600), fallback: 60, meaning: 'Longest time to read one file' },
  'limits.ocrPages': {
    type: count('pages', 1, 10_000),
    fallback: 200,
    meaning: 'Most scanned pages of one file that are recognised; each takes seconds',
  },
  'erase.coolingOffHours': {
    type: count('hours', 0, 720),
    fallback: 72,
    meaning: 'How long `!delete-me` waits and can be taken back; 0: at once',
  },
  'erase.afterRemovalDays': {
    type: count('days', 0, 365),
    fallback: 30,
    meaning: 'When a person is erased whom an admin removed, who is frozen until then; 0: at once',
  },
  'retention.chat': {
    type: age,
    fallback: '30 days',
    meaning: 'How long questions and answers are remembered, where a person chose nothing else',
  },
  'retention.chatBounds': { type: ageBounds, fallback: '1 day to forever', meaning: 'What people may choose for them' },
  'retention.documents': {
    type: age,
    fallback: 'forever',
    meaning:
      'How long documents are kept, counted from when they were last sent; named to their person (or in their family room) a week before',
  },
  'retention.documentsBounds': {
    type: ageBounds,
    fallback: '30 days to forever',
    meaning: 'What people may choose for them',
  },
  'retention.badAnswers': {
    type: age,
    fallback: '1 year',
    meaning: 'How long answers marked with a thumbs-down are kept',
  },
  'retention.badAnswersBounds': {
    type: ageBounds,
    fallback: '1 day to forever',
    meaning: 'What people may choose for them',
  },
  'retention.audit': {
    type: limitedAge(30),
    fallback: '1 year',
    meaning: 'How long the rows of the audit trail are kept',
  },
  'retention.jobs': { type: limitedAge(7), fallback: '90 days', meaning: 'How long records of job runs are kept' },
  'retention.alerts': { type: limitedAge(7), fallback: '90 days', meaning: 'How long alerts that are over are kept' },
  'retention.ids': {
    type: limitedAge(7),
    fallback: '30 days',
    meaning: 'How long it is remembered which messages were handled and sent, so that none is twice',
  },
  'door.address': {
    type: url,
    switchesOn: true,
    example: 'https://chat.home.example',
    meaning:
      'Address by which phones reach the household, for the checklist. Left out: that of the homeserver where it is https, else the domain of everybody’s address',
  },
  'door.authorityFile': {
    type: path,
    switchesOn: true,
    example: '/srv/kinkeeper/config/tls-authority.pem',
    meaning:
      'Certificate (PEM) of the household’s own authority, where set-up made one: the checklist believes its certificates too. Left out: the public ones alone',
  },
  'host.spoolDir': {
    type: path,
    switchesOn: true,
    example: '/var/lib/kinkeeper-spool',
    meaning: 'Folder shared with the host helper, which does what only root can. Left out: there is none',
  },
  'update.kind': {
    type: choice(['none', 'releases', 'compose']),
    fallback: 'none',
    meaning:
      'How new versions of Kinkeeper come in, by the host helper: folders of releases, or images by digest. none: by hand',
  },
  'update.feed': {
    type: url,
    only: ['releases', 'compose'],
    required: true,
    example: 'https://kinkeeper.example/releases',
    meaning: 'Address of the folder with releases.txt, its signature and the archives',
  },
  'update.keyFile': {
    type: path,
    only: ['releases', 'compose'],
    required: true,
    example: './releases.asc',
    meaning: 'File with the publisher’s public OpenPGP key, which signs releases.txt',
  },
  'update.watchSeconds': {
    type: count('seconds', 1, 3600),
    only: ['releases', 'compose'],
    fallback: 60,
    meaning: 'How long a new version has to go on well before it counts',
  },
  'update.modelRegistry': {
    type: urlOrOff,
    fallback: 'https://registry.ollama.ai',
    meaning:
      'Where it is looked whether there is a newer one of a model of Ollama; only its name is sent there. Empty: not looked at',
  },
  'backup.recipientsFile': {
    type: path,
    switchesOn: true,
    example: './backup-recipients.asc',
    meaning:
      'Public OpenPGP keys that backups are sealed to, whose private halves are never on the server (`kinkeeper backup keys`). Left out: no backups',
  },
  'backup.localDir': {
    type: path,
    fallback: './backups',
    meaning: 'Folder of the sealed backups on this machine; best on another disk than the state folder',
  },
  'backup.keep.last': {
    type: count('backups', 0, 1000),
    fallback: 3,
    meaning: 'How many of the newest backups stay, whatever their age',
  },
  'backup.keep.daily': {
    type: count('days', 0, 366),
    fallback: 7,
    meaning: 'Of how many days, counted back from the last proven backup, one stays',
  },
  'backup.keep.weekly': { type: count('weeks', 0, 520), fallback: 4, meaning: 'Of how many weeks one stays' },
  'backup.keep.monthly': { type: count('months', 0, 120), fallback: 6, meaning: 'Of how many months one stays' },
  'backup.remotes': {
    type: remotes,
    fallback: [],
    meaning: 'Where backups are sent, one after the other; as many as you like',
  },
  'api.listen': { type: listen, fallback: '127.0.0.1:8765', meaning: 'Where the HTTP API listens; empty: off' },
  'api.proxies': {
    type: networks,
    // The API is published by a proxy alone, and nobody outside of these speaks to it.
    fallback: ['127.0.0.0/8', '::1', '10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
    meaning: 'Addresses and networks of proxies in front of the HTTP API, whose X-Forwarded-For is believed',
  },
  'homeserver.kind': {
    type: choice(['none', 'sqlite', 'postgres']),
    fallback: 'none',
    meaning: 'Which database the homeserver has that backups take along. none: only our own data is backed up',
  },
  'homeserver.database': {
    type: path,
    only: ['sqlite'],
    required: true,
    example: '/srv/synapse/homeserver.db',
    meaning: 'Its SQLite file',
  },
  'homeserver.connectionFile': {
    type: secretFile,
    only: ['postgres'],
    required: true,
    credential: 'homeserver-connection',
    example: './secrets/homeserver-connection',
    meaning: 'File with postgresql://user:password@host:port/name of its database',
  },
  'homeserver.folder': {
    type: path,
    only: ['sqlite', 'postgres'],
    required: true,
    example: '/srv/synapse',
    meaning: 'Folder with its settings and signing key',
  },
  'homeserver.media': {
    type: path,
    only: ['sqlite', 'postgres'],
    required: true,
    example: '/srv/synapse/media_store',
    meaning: 'Its media store, with local_content in it',
  },
  'homeserver.adminTokenFile': {
    type: secretFile,
    credential: 'homeserver-admin-token',
    switchesOn: true,
    example: './secrets/homeserver-admin-token',
    meaning:
      'File with an access token of an administrator of the homeserver (Synapse): the bot makes accounts for new people, and new passwords. Left out: it does neither',
  },
  'metrics.bot': {
    type: listen,
    fallback: '',
    meaning:
      'Where the bot shows its figures to Prometheus, at /metrics; counts without names, but without a password: an address of this machine. Empty: off',
  },
  'metrics.ops': { type: listen, fallback: '', meaning: 'The same of ops' },
  'alerts.secondWay.from': {
    type: choice(['warning', 'critical']),
    fallback: 'critical',
    meaning: 'From which weight on an alert leaves by mail or webhook when Matrix has not carried it for ten minutes',
  },
  'alerts.mail.host': {
    type: text,
    switchesOn: true,
    example: 'smtp.example.org',
    meaning: 'Mail server for alerts when Matrix is down. Left out: none are mailed',
  },
  'alerts.mail.port': {
    type: count('a port', 1, 65_535),
    switchesOn: true,
    example: 465,
    meaning: 'Its port. Left out: 465 with tls, 587 with starttls, 25 with none',
  },
  'alerts.mail.security': {
    type: choice(['tls', 'starttls', 'none']),
    fallback: 'tls',
    meaning: 'How the connection is protected. none: only to this machine',
  },
  'alerts.mail.userName': { type: text, switchesOn: true, example: 'kin', meaning: 'Name for the mail server' },
  'alerts.mail.passwordFile': {
    type: secretFile,
    switchesOn: true,
    credential: 'mail-password',
    example: './secrets/mail-password',
    meaning: 'File with the password for the mail server',
  },
  'alerts.mail.from': {
    type: mailAddress,
    switchesOn: true,
    example: 'kin@example.org',
    meaning: 'Sender of the mails',
  },
  'alerts.mail.to': { type: mailAddress, switchesOn: true, example: 'ada@example.org', meaning: 'Who gets them' },
  'alerts.webhook.url': {
    type: nearUrl,
    switchesOn: true,
    example: 'https://hooks.example.org/kinkeeper',
    meaning:
      'Address that alerts are posted to when Matrix is down, as JSON { severity, code, text, at, reference }, and with over: true once they have ended. Left out: none are',
  },
  'alerts.webhook.tokenFile': {
    type: secretFile,
    switchesOn: true,
    credential: 'webhook-token',
    example: './secrets/webhook-token',
    meaning: 'File with the token that is sent along (Authorization: Bearer)',
  },
  'jobs.health': {
    type: schedule,
    fallback: '*/5 * * * *',
    meaning: 'When the health of machine, homeserver and bot is read (cron, local time); empty: off',
  },
  'jobs.backup': {
    type: schedule,
    fallback: '15 3 * * *',
    meaning: 'When a backup is made (with backup.recipientsFile); empty: off',
  },
  'jobs.drill': {
    type: schedule,
    fallback: '45 3 * * *',
    meaning: 'When the newest backup is restored into a scratch place and has to answer; empty: off',
  },
  'jobs.send': {
    type: schedule,
    fallback: '35 * * * *',
    meaning: 'When backups are sent to the remotes and old ones removed; empty: off',
  },
  'jobs.sendBeside': {
    type: schedule,
    fallback: '*/5 * * * *',
    meaning:
      'When the remotes get the list of what was erased, if it changed, and evidence; empty: off (then only backups take that list along)',
  },
  'jobs.audit': {
    type: schedule,
    fallback: '20 4 * * *',
    meaning: 'When the audit trail is verified and its seal reported to the ops room; empty: off',
  },
  'jobs.digest': {
    type: schedule,
    fallback: '0 18 * * 0',
    meaning: 'When the ops room is told what happened in the week (cron, local time); empty: off',
  },
  'jobs.hostUpdates': {
    type: schedule,
    fallback: '40 4 * * *',
    meaning: 'When security updates of the host are installed, where there is a host helper; empty: off',
  },
  'jobs.update': {
    type: schedule,
    fallback: '',
    meaning: 'When Kinkeeper brings itself to its newest version; empty: only when an admin asks for it',
  },
  'jobs.evidence': {
    type: schedule,
    fallback: '',
    meaning: 'When evidence is kept that nobody asked for; empty: only at a lockdown, and when an admin asks',
  },
  'jobs.rehearsal': {
    type: schedule,
    fallback: '',
    meaning: 'When the steps of an incident are rehearsed; empty: only when an admin asks',
  },
  'jobs.checklist': {
    type: schedule,
    fallback: '25 * * * *',
    meaning: 'When the security checklist is judged by what is read from the host; empty: only when an admin asks',
  },
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;

/** Value of a setting after reading. */
export type ValueOf<K extends SettingKey> = (typeof SETTINGS)[K]['type'] extends SettingType<infer T> ? T : never;

/** All keys in the order of the table. */
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

/** The row of a key, with every optional column visible. */
export function setting(key: SettingKey): Setting {
  return SETTINGS[key];
}

/** `matrix.userId` -> `KINKEEPER_MATRIX_USER_ID`. */
export function variableOf(key: string): string {
  return `KINKEEPER_${key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;
}

/** The section of a key: `matrix` for `matrix.userId`, undefined for top-level settings. */
export function sectionOf(key: string): string | undefined {
  const dot = key.indexOf('.');
  return dot < 0 ? undefined : key.slice(0, dot);
}
