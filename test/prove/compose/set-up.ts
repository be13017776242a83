import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';
import { stringify } from 'yaml';
import type { BareServer } from '../../lab/docker/bare-server.ts';

/**
 * Where set-up is killed, one run after the other, each of which goes on where the one before died: steps, and one act while Docker is at
 * work for it.
 */
const KILLS: readonly ({ readonly step: string } | { readonly words: string })[] = [
  { step: 'setup-secrets' },
  { step: 'setup-files' },
  { step: 'setup-backup-key' },
  { words: '… Start database and homeserver' },
  { step: 'setup-homeserver' },
  { step: 'setup-card-shown' },
  { step: 'setup-admin-token' },
  { words: '… Start bot and ops' },
  { step: 'setup-guest-added' },
  { step: 'setup-answered' },
];

const PRODUCT = '/opt/kinkeeper';
const ANSWERS = '/opt/answers.yaml';

/** What came of it. */
export interface SetUp {
  /** One sentence each. */
  readonly faults: readonly string[];
  /** One-time passwords by user ids, as the cards say them. */
  readonly passwords: ReadonlyMap<string, string>;
  readonly seconds: number;
  readonly kills: number;
  /** As a person wrote it down; empty where none was shown. */
  readonly backupKey: { readonly privateKey: string; readonly passphrase: string };
}

/** Where set-up runs, and with which answers. */
export interface Place {
  readonly server: BareServer;
  /** Network namespace of the server. */
  readonly network: string;
  readonly env: Readonly<Record<string, string>>;
  readonly answers: { readonly host: string; readonly people: readonly object[] } & object;
}

/**
 * `kinkeeper setup --answers` as somebody types it on a bare server, killed on the way where `isKilled`, then to its end, and once more: that
 * has to change nothing.
 */
export async function setUp(place: Place, { isKilled }: { readonly isKilled: boolean }): Promise<SetUp> {
  const began = Date.now();
  writeFileSync(join(place.server.folder, ANSWERS), stringify(place.answers));
  const faults: string[] = [];
  let said = '';
  const kills = isKilled ? KILLS : [];
  for (const kill of kills) {
    const run = await runSetup(place, { kill });
    said += run.said;
    if (!run.isKilled) faults.push(`set-up was not killed at ${JSON.stringify(kill)}: ${run.said.slice(-600)}`);
  }
  const last = await goesThrough(place);
  said += last.said;
  const seconds = Math.round((Date.now() - began) / 1000);
  faults.push(...last.faults);
  faults.push(...(await changesNothing(place)));
  return { faults, passwords: passwordsIn(said), backupKey: backupKeyIn(said), seconds, kills: kills.length };
}

/** The one that was shown last, as a person writes it down: an earlier one was cut off before it counted. */
export function backupKeyIn(said: string): SetUp['backupKey'] {
  const shown = [
    ...said.matchAll(
      /(-----BEGIN PGP PRIVATE KEY BLOCK-----[\s\S]*?-----END PGP PRIVATE KEY BLOCK-----)\s+Passphrase: (\S+)/g,
    ),
  ];
  const [, privateKey = '', passphrase = ''] = shown.at(-1) ?? [];
  return { privateKey: `${privateKey}\n`, passphrase };
}

/** A run that lays everything out for a restore, and starts nothing. */
export async function prepares(place: Place): Promise<string[]> {
  const { code, said } = await runSetup(place, { more: ['--prepare'] });
  const isGood = code === 0 && /nothing was started/.test(said);
  return isGood ? [] : [`set-up did not lay everything out: ${said.slice(-1500)}`];
}

/** One more run that has something to do, and ends with an answer. */
export async function goesThrough(place: Place): Promise<{ said: string; faults: string[] }> {
  const { code, said } = await runSetup(place);
  const isGood = code === 0 && /It works\. A guest sent/.test(said);
  return { said, faults: isGood ? [] : [`set-up did not come to its end: ${said.slice(-1500)}`] };
}

/** One more run that has nothing to do. */
export async function changesNothing(place: Place): Promise<string[]> {
  const { code, said } = await runSetup(place);
  const isGood = code === 0 && /nothing was changed/.test(said);
  return isGood ? [] : [`one more run of set-up changed something: ${said.slice(-1500)}`];
}

/** A card that was shown right before a kill is shown again. */
function passwordsIn(said: string): Map<string, string> {
  const cards = said.matchAll(/Name {6}(@\S+)\n.*?Passwor[dt] {2}(\S+)/g);
  return new Map([...cards].map(([, user, password]) => [user!, password!]));
}

async function runSetup(
  { server, network, env }: Place,
  { kill, more = [] }: { readonly kill?: (typeof KILLS)[number]; readonly more?: readonly string[] } = {},
) {
  const program = [process.execPath, '--import', `${PRODUCT}/test/e2e/die-at-step.ts`, `${PRODUCT}/ops/kinkeeper.ts`];
  const [enter, ...inside] = [...server.enter, 'nsenter', `--net=/run/netns/${network}`, '--', ...program];
  const child = execa(enter!, [...inside, 'setup', '--answers', ANSWERS, ...more], {
    // A group of its own, which is killed with what it has started.
    ...{ detached: true, reject: false, stdin: 'ignore', all: true },
    env: { ...env, ...(kill !== undefined && 'step' in kill && { KINKEEPER_TEST_DIE_AT: kill.step }) },
  });
  let [so, isSent] = ['', false];
  child.all.on('data', (part: Buffer) => {
    so += part;
    if (isSent || kill === undefined || !('words' in kill) || !so.includes(kill.words)) return;
    isSent = true;
    process.kill(-child.pid!, 'SIGKILL');
  });
  const { exitCode, signal, all } = await child;
  return { code: exitCode, said: `${all}\n`, isKilled: signal === 'SIGKILL' };
}
