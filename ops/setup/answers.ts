import { z } from 'zod';
import { LANGUAGES } from '../../core/caller.ts';
import { MODEL_SIZES } from './model-fit.ts';

/** The local part of a Matrix address, as Synapse takes new ones. */
const localpart = z.string().regex(/^[a-z0-9._=/-]{1,80}$/, 'expected a name of small letters, such as ada');
const host = z.string().regex(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/, 'expected a name such as chat.home.example');
const absolute = z
  .string()
  .regex(/^\/[^\s\0]*[^\s\0/]$/, 'expected an absolute path without blanks, such as /srv/kinkeeper');
/** It goes into settings that are read by programs with other ideas of quotes: only what none of them takes for more than a letter. */
const folder = z
  .string()
  .regex(
    /^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@+-]+)+$/,
    'expected an absolute path of letters, digits and . _ @ + - without .., such as /srv/kinkeeper',
  );
const language = z.enum(LANGUAGES, 'expected en or de');

/** Measures of the host that set-up can take (ops/host/measures); the VPN comes with devices, a sealed volume has to be there before. */
export const HARDENING = [
  'updates',
  'sysctl',
  'time',
  'modes',
  'auditd',
  'fail2ban',
  'swap',
  'firewall',
  'ssh',
] as const;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const person = z.strictObject({
  name: localpart,
  role: z.enum(['admin', 'member'], 'expected admin or member').default('member'),
  language: language.default('en'),
});

/** What every deployment is asked. */
const common = {
  /** Language of the wizard, and of the first admin where nothing else is said. */
  language: language.default('en'),
  /** KINKEEPER_DATA: everything with data; meant to be the mount point of the encrypted volume. */
  data: folder.default('/srv/kinkeeper'),
  /** What stands behind the colon of every address. */
  serverName: host,
  bot: localpart.default('kin'),
  people: z.array(person).min(1, 'expected the first admin at least'),
  /** auto: the largest that fits this machine; none: answers are the passages themselves. */
  model: z
    .union(
      [z.literal('auto'), z.literal('none'), z.string().regex(/^[a-z0-9][a-z0-9._:/-]*$/)],
      'expected auto, none, or the name of a model',
    )
    .default('auto'),
  /** make: a new key, whose private half is shown once; none: no backups; a path: public OpenPGP keys that are there. */
  backupKey: z
    .string()
    .regex(
      /^(make|none|\/[^\s\0]*[^\s\0/])$/,
      'expected make, none, or the path of a file with your public key, such as /root/backup.asc',
    )
    .default('make'),
  /** The bot makes accounts for new people (`!people add`), by an account of its own that administers the homeserver. */
  makesAccounts: z.boolean('expected true or false').default(true),
  /** Measures of the host that are taken at the end. */
  hardening: z.array(z.enum(HARDENING, `expected some of ${HARDENING.join(', ')}`)).default([]),
};

/** Everything on this machine as containers, Synapse too. */
const compose = z.strictObject({
  kind: z.literal('compose'),
  ...common,
  /** What runs the containers; left out: what answers as `docker`, which may be either. */
  engine: z.enum(['docker', 'podman'], 'expected docker or podman').optional(),
  /** Podman without rights of root: the account whose containers they are. Left out: root's. */
  podmanAccount: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/, 'expected the name of an account of this machine, such as kin')
    .optional(),
  /** Name under which phones reach the server. */
  host,
  /** vpn: nothing is open but WireGuard and SSH; internet: 443 as well. */
  reach: z.enum(['vpn', 'internet'], 'expected vpn or internet').default('vpn'),
  /** own-ca: an authority of the household's own, which phones have to take once; or a certificate from elsewhere. */
  certificate: z
    .union(
      [z.literal('own-ca'), z.strictObject({ chain: absolute, key: absolute })],
      'expected own-ca, or { chain, key }',
    )
    .default('own-ca'),
  /** Devices that get a WireGuard configuration, such as adas-phone. */
  devices: z.array(z.string().regex(/^[a-z0-9-]{1,30}$/, 'expected a name such as adas-phone')).default([]),
  /** Name or address by which devices reach this machine from outside, for the VPN. */
  endpoint: host.optional(),
  /** Time zone of the household. */
  timeZone: z
    .string()
    .regex(/^[A-Za-z0-9_+/-]+$/, 'expected a time zone such as Europe/Berlin')
    .refine(isTimeZone, 'expected a time zone such as Europe/Berlin')
    .default('Etc/UTC'),
  profiles: z.array(z.enum(['qdrant', 'element', 'monitoring'])).default([]),
});

/** Bot and ops as services beside a Synapse that is there. */
const bare = z.strictObject({
  kind: z.literal('bare'),
  ...common,
  homeserver: z.url({ protocol: /^https?$/, error: 'expected an address such as http://127.0.0.1:8008' }),
  /** homeserver.yaml of Synapse, whose registration_shared_secret makes the accounts. */
  homeserverConfig: absolute.default('/etc/matrix-synapse/homeserver.yaml'),
  /** systemd: services; detached: processes in the background, where there is no systemd. */
  start: z.enum(['systemd', 'detached'], 'expected systemd or detached').default('systemd'),
  /** Where the bot's HTTP API listens; empty: off. */
  apiListen: z
    .string()
    .regex(/^(|[^\s:]+:\d{1,5})$/, 'expected host:port, or nothing for off')
    .default('127.0.0.1:8765'),
});

/** The shape of an answers file. */
export const ANSWERS = z
  .discriminatedUnion('kind', [compose, bare], {
    error: (issue) => (issue.code === 'invalid_union' ? 'expected compose or bare' : undefined),
  })
  .superRefine((answers, check) => {
    const { people, bot, model } = answers;
    if (!people.some(({ role }) => role === 'admin'))
      check.addIssue({ code: 'custom', path: ['people'], message: 'expected one with role: admin at least' });
    const names = people.map(({ name }) => name);
    if (answers.kind === 'bare' && answers.start !== 'systemd' && answers.hardening.length > 0)
      check.addIssue({ code: 'custom', path: ['hardening'], message: 'expected start: systemd with it' });
    if (new Set(names).size < names.length)
      check.addIssue({ code: 'custom', path: ['people'], message: 'expected each name once' });
    if (names.includes(bot)) check.addIssue({ code: 'custom', path: ['bot'], message: 'expected a name of its own' });
    if (answers.kind === 'compose' && answers.devices.length > 0 && answers.endpoint === undefined)
      check.addIssue({
        code: 'custom',
        path: ['endpoint'],
        message: 'expected the name or address that devices reach',
      });
    if (answers.kind === 'compose' && answers.podmanAccount !== undefined && answers.engine !== 'podman')
      check.addIssue({ code: 'custom', path: ['engine'], message: 'expected podman with podmanAccount' });
    if (
      answers.kind === 'compose' &&
      model !== 'auto' &&
      model !== 'none' &&
      !MODEL_SIZES.some(({ name }) => name === model)
    )
      check.addIssue({
        code: 'custom',
        path: ['model'],
        message: `expected auto, none, or one of ${MODEL_SIZES.map(({ name }) => name).join(', ')}`,
      });
  });

/** What a person decided; see ops/setup/read-answers.ts and ask-answers.ts. */
export type Answers = z.infer<typeof ANSWERS>;
export type ComposeAnswers = Extract<Answers, { kind: 'compose' }>;
export type BareAnswers = Extract<Answers, { kind: 'bare' }>;
