import { z } from 'zod';
import type { Facts } from './control.ts';

/** The guide's own checklist, in its order. */
export const GUIDE_CHECKS = [
  ...(['ssh-keys-only', 'ssh-no-root', 'firewall', 'vpn', 'tls', 'secrets-as-files', 'isolation'] as const),
  ...(['updates', 'fail2ban', 'audit-log', 'backups', 'document-encryption', 'volume-encryption'] as const),
] as const;

/** What else is worth reading: lines of CIS and docker-bench that matter for such a server. */
export const MORE_CHECKS = [
  ...(['ssh-read', 'ssh-limits', 'ssh-algorithms', 'firewall-ports', 'listening', 'closed-ports'] as const),
  ...(['vpn-keys', 'http-redirect', 'reboot', 'swap', 'file-modes', 'helper', 'auditd', 'time'] as const),
  ...(['kernel', 'accounts'] as const),
  ...(['docker-ports', 'docker-api', 'docker-group', 'docker-socket', 'docker-confinement'] as const),
  ...(['container-privileges', 'container-root-fs', 'container-new-privileges', 'container-limits'] as const),
  ...(['container-namespaces', 'container-mounts', 'container-users', 'container-health'] as const),
  ...(['container-images', 'container-networks', 'container-logs', 'container-data', 'container-secrets'] as const),
] as const;

/** Every line of the checklist, the guide's first. Its words are `check.<id>` in core/wording/checklist. */
export const CHECKS = [...GUIDE_CHECKS, ...MORE_CHECKS] as const;
export type CheckId = (typeof CHECKS)[number];

/** Reasons for which nothing that is read from the host is known: one thing mends all those lines. */
export const WHOLE_HOST_WHYS = [
  'no-systemd',
  'no-helper',
  'no-posture',
  'unsigned',
  'other-key',
  'old',
  'ahead',
] as const;
export type WholeHostWhy = (typeof WHOLE_HOST_WHYS)[number];

/** Whether a reason is one of those. */
export function isOfWholeHost(why: UnknownWhy | null): why is WholeHostWhy {
  return (WHOLE_HOST_WHYS as readonly (UnknownWhy | null)[]).includes(why);
}

/**
 * Why a line is not known. `no-systemd`: nobody can look at the host, as the helper wants systemd. `no-helper`: nobody looks at it. `no-posture`: it has not looked yet. `unsigned`: what lies there is
 * not signed by its key. `other-key`: it is, by another one than before. `old`: it looked too long ago. `ahead`: it says that it looked in the
 * future. `no-program`: this host lacks what would tell. `failed`: that failed. `cut`: it said more than is kept. `unclear`: what it said is
 * not understood. `not-set-up`: nothing of the kind is set up here. `not-yet`: its turn to be looked at has not come.
 */
export const UNKNOWN_WHYS = [
  ...WHOLE_HOST_WHYS,
  ...(['no-program', 'failed', 'cut', 'unclear', 'not-set-up', 'not-yet'] as const),
] as const;
export type UnknownWhy = (typeof UNKNOWN_WHYS)[number];

/**
 * One thing that a line rests on: its name in core/wording/checklist/evidence, what fills it, and the container, file or protocol that it
 * is said of. What a program said stays in its own words (`as-read`); never anyone's words.
 */
export interface Finding {
  readonly says: string;
  readonly facts: Readonly<Record<string, string | number>>;
  readonly of?: string;
}

/** One line, judged. `evidence`: what was read; empty where nothing was. */
export interface Check {
  readonly id: CheckId;
  readonly verdict: 'pass' | 'fail' | 'unknown';
  readonly evidence: readonly Finding[];
  /** null unless it is unknown. */
  readonly why: UnknownWhy | null;
  /** The command that mends it; `!…` is one of the ops room. */
  readonly fix: string;
  /** When what it was judged by was read, milliseconds since 1970; null when nothing was. */
  readonly readAt: number | null;
  /** What it was when it was last known; null when it never was. */
  readonly lastKnown: 'pass' | 'fail' | null;
}

/** The checklist as judged once. Lines that do not concern this host (Docker, where there is none) stand in `leftOut`. */
export interface Checklist {
  readonly at: number;
  /** When the host was read; null when it was not. */
  readonly hostReadAt: number | null;
  readonly checks: readonly Check[];
  readonly leftOut: readonly CheckId[];
  /** As they are typed on this host. */
  readonly commands: HostCommands;
}

/** What is typed where nothing is known of the host, for the texts that say so. */
export interface HostCommands {
  /** Lays the host helper. */
  readonly install: string;
  /** Has the key be believed that signs for the host from now on. */
  readonly trustKey: string;
  /** Folder of the measures of the host helper, which say what they do. */
  readonly measures: string;
}

const NEWEST = 'checklist';

const verdict = z.enum(['pass', 'fail']);
const finding = z.object({
  says: z.string(),
  facts: z.record(z.string(), z.union([z.string(), z.number()])),
  of: z.string().exactOptional(),
});
/** Versions until 0.1 kept one text, as it was read. */
const readText = z.string().transform((text) => (text === '' ? [] : [{ says: 'as-read', facts: { text } }]));
const shape = z.object({
  at: z.number(),
  hostReadAt: z.number().nullable(),
  checks: z.array(
    z.object({
      id: z.enum(CHECKS),
      verdict: z.enum([...verdict.options, 'unknown']),
      evidence: z.union([readText, z.array(finding)]),
      why: z.enum(UNKNOWN_WHYS).nullable(),
      fix: z.string(),
      readAt: z.number().nullable(),
      lastKnown: verdict.nullable(),
    }),
  ),
  leftOut: z.array(z.enum(CHECKS)),
  // Of a version that did not keep them.
  commands: z.object({ install: z.string(), trustKey: z.string(), measures: z.string() }).default({
    install: 'ops/host/install',
    trustKey: 'kinkeeper checklist --trust-key',
    measures: 'ops/host/measures',
  }),
});

/**
 * The newest checklist; undefined before the first, and where another version kept what this one does not understand: its next job judges anew.
 * For the bot, which shows it, and for the job, which compares.
 */
export function readChecklist(facts: Pick<Facts, 'get'>): Checklist | undefined {
  try {
    return shape.safeParse(JSON.parse(facts.get(NEWEST) ?? 'null')).data;
  } catch {
    return undefined;
  }
}

/** Keeps the newest checklist. */
export function keepChecklist(facts: Pick<Facts, 'set'>, checklist: Checklist): void {
  facts.set(NEWEST, JSON.stringify(checklist));
}

/** How many lines there are of each verdict. */
export function countChecks({ checks }: Pick<Checklist, 'checks'>): Readonly<Record<Check['verdict'], number>> {
  const of = (verdict: Check['verdict']) => checks.filter((check) => check.verdict === verdict).length;
  return { pass: of('pass'), fail: of('fail'), unknown: of('unknown') };
}

/** What fails first, then what is not known, then what passes; each in the order of the list. */
export function worstFirst(checks: readonly Check[]): Check[] {
  const of = (verdict: Check['verdict']) => checks.filter((check) => check.verdict === verdict);
  return [...of('fail'), ...of('unknown'), ...of('pass')];
}
