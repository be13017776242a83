import { z } from 'zod';
import { LANGUAGES } from '../../core/caller.ts';
import { MODEL_SIZES } from './model-fit.ts';
import type { AnswerClash } from './wording/faults/facts.ts';

/** The local part of a Matrix address, as Synapse takes new ones. */
/** Synapse keeps names of digits alone for guests, and those with an underscore first for itself. */
const localpart = z.string().regex(/^(?!_|\d+$)[a-z0-9._=/-]{1,80}$/);
const host = z.string().regex(/^(?=.{1,253}$)[a-z0-9-]+(\.[a-z0-9-]+)*$/);
const absolute = z.string().regex(/^\/[^\s\0]*[^\s\0/]$/);
/** It goes into settings that are read by programs with other ideas of quotes: only what none of them takes for more than a letter. */
const folder = z.string().regex(/^(?:\/(?!\.{1,2}(?:\/|$))[A-Za-z0-9._@+-]+)+$/);
const language = z.enum(LANGUAGES);

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

/** What can run beside, in containers of their own. */
export const PROFILES = ['qdrant', 'element', 'monitoring'] as const;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

const person = z.strictObject({
  name: localpart,
  role: z.enum(['admin', 'member']).default('member'),
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
  people: z.array(person).min(1),
  /** auto: the largest that fits this machine; none: answers are the passages themselves. */
  model: z.union([z.literal('auto'), z.literal('none'), z.string().regex(/^[a-z0-9][a-z0-9._:/-]*$/)]).default('auto'),
  /** make: a new key, whose private half is shown once; none: no backups; a path: public OpenPGP keys that are there. */
  backupKey: z
    .string()
    .regex(/^(make|none|\/[^\s\0]*[^\s\0/])$/)
    .default('make'),
  /** The bot makes accounts for new people (`!people add`), by an account of its own that administers the homeserver. */
  makesAccounts: z.boolean().default(true),
  /** Measures of the host that are taken at the end. */
  hardening: z.array(z.enum(HARDENING)).default([]),
};

/** Everything on this machine as containers, Synapse too. */
const compose = z.strictObject({
  kind: z.literal('compose'),
  ...common,
  /** What runs the containers; left out: what answers as `docker`, which may be either. */
  engine: z.enum(['docker', 'podman']).optional(),
  /** Podman without rights of root: the account whose containers they are. Left out: root's. */
  podmanAccount: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]{0,31}$/)
    .optional(),
  /** Name under which phones reach the server. */
  host,
  /** vpn: nothing is open but WireGuard and SSH; internet: 443 as well. */
  reach: z.enum(['vpn', 'internet']).default('vpn'),
  /** own-ca: an authority of the household's own, which phones have to take once; or a certificate from elsewhere. */
  certificate: z.union([z.literal('own-ca'), z.strictObject({ chain: absolute, key: absolute })]).default('own-ca'),
  /** Devices that get a WireGuard configuration, such as adas-phone. */
  devices: z.array(z.string().regex(/^[a-z0-9-]{1,30}$/)).default([]),
  /** Name or address by which devices reach this machine from outside, for the VPN. */
  endpoint: host.optional(),
  /** Time zone of the household. */
  timeZone: z
    .string()
    .regex(/^[A-Za-z0-9_+/-]+$/)
    .refine(isTimeZone)
    .default('Etc/UTC'),
  profiles: z.array(z.enum(PROFILES)).default([]),
});

/** Bot and ops as services beside a Synapse that is there. */
const bare = z.strictObject({
  kind: z.literal('bare'),
  ...common,
  homeserver: z.url({ protocol: /^https?$/ }),
  /** homeserver.yaml of Synapse, whose registration_shared_secret makes the accounts. */
  homeserverConfig: absolute.default('/etc/matrix-synapse/homeserver.yaml'),
  /** systemd: services; detached: processes in the background, where there is no systemd. */
  start: z.enum(['systemd', 'detached']).default('systemd'),
  /** Where the bot's HTTP API listens; empty: off. */
  apiListen: z
    .string()
    .regex(/^(|[^\s:]+:\d{1,5})$/)
    .default('127.0.0.1:8765'),
});

/** The shape of an answers file. What is wrong with one is put into words by ops/setup/read-answers.ts. */
export const ANSWERS = z.discriminatedUnion('kind', [compose, bare]).superRefine((answers, check) => {
  const { people, bot, model } = answers;
  const clash = (path: string, name: AnswerClash) => check.addIssue({ code: 'custom', path: [path], message: name });
  if (!people.some(({ role }) => role === 'admin')) clash('people', 'no-admin');
  const names = people.map(({ name }) => name);
  if (answers.kind === 'bare' && answers.start !== 'systemd' && answers.hardening.length > 0)
    clash('hardening', 'no-systemd');
  if (new Set(names).size < names.length) clash('people', 'name-twice');
  if (names.includes(bot)) clash('bot', 'bot-is-person');
  if (answers.kind === 'bare') return;
  if (answers.devices.length > 0 && answers.endpoint === undefined) clash('endpoint', 'no-endpoint');
  if (answers.podmanAccount !== undefined && answers.engine !== 'podman') clash('engine', 'no-podman');
  const isOffered = ['auto', 'none', ...MODEL_SIZES.map(({ name }) => name)].includes(model);
  if (!isOffered) clash('model', 'model-not-offered');
});

/** Names that stand in an answers file: of a kind, or of all where that is not known; of a person in it, with `people`. */
export function answerNames(kind: unknown, place: PropertyKey | undefined): string[] {
  if (place === 'people') return Object.keys(person.shape);
  const shapes = [compose, bare].filter(({ shape }) => shape.kind.value === kind);
  return (shapes.length === 0 ? [compose, bare] : shapes).flatMap(({ shape }) => Object.keys(shape));
}

/** What a person decided; see ops/setup/read-answers.ts and ask-answers.ts. */
export type Answers = z.infer<typeof ANSWERS>;
export type ComposeAnswers = Extract<Answers, { kind: 'compose' }>;
export type BareAnswers = Extract<Answers, { kind: 'bare' }>;
