import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { newestProven } from '../../core/backup/newest-proven.ts';
import type { Control, OpenState } from '../../core/control.ts';
import { failed, type Judged, passed, unlessAny } from './line.ts';
import { NotKnown, type OwnLine } from './own-line.ts';

const DAY_MS = 86_400_000;
const PROVEN_MS = 3 * DAY_MS;
const VERIFIED_MS = 2 * DAY_MS;
/** How each SQLite file begins that is not encrypted. */
const PLAIN_HEAD = 'SQLite format 3\0';

export interface StateLinesOptions {
  readonly stateDir: string;
  readonly control: Pick<Control, 'backups' | 'jobs' | 'alerts'>;
  readonly keys: Pick<OpenState['keys'], 'ages'>;
  /** Files that the settings were read from. */
  readonly files: readonly { readonly name: string; readonly path: string; readonly isSecret: boolean }[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isBackupExpected: boolean;
}

/** What ops knows of the product's own promises, each from what is there and not from what was set. */
export function stateLines(options: StateLinesOptions): OwnLine[] {
  return [
    { id: 'secrets-as-files', fix: 'chmod 600 FILE', read: () => judgeSecrets(options) },
    { id: 'isolation', fix: 'kinkeeper doctor', read: () => judgeIsolation(options) },
    { id: 'audit-log', fix: '!run audit', read: (now) => judgeTrail(options.control, now) },
    { id: 'backups', fix: '!run drill', read: (now) => judgeBackups(options, now) },
    { id: 'document-encryption', fix: 'kinkeeper doctor', read: () => judgeStores(options) },
  ];
}

async function judgeSecrets({ files, env }: StateLinesOptions): Promise<Judged> {
  const secrets = files.filter(({ isSecret }) => isSecret);
  const loose = await Promise.all(
    secrets.map(async ({ name, path }) => {
      const { mode } = await stat(path).catch(() => {
        throw new NotKnown('failed', `${name} cannot be looked at`);
      });
      return (mode & 0o077) === 0 ? [] : [`${name}: mode ${(mode & 0o777).toString(8)}`];
    }),
  );
  const named = Object.entries(env).filter(([name, value]) => looksSecret(name, value ?? ''));
  const wrong = [...loose.flat(), ...named.map(([name]) => `${name} stands in the environment`)];
  if (wrong.length === 0 && secrets.length === 0) throw new NotKnown('not-set-up', 'no secret files');
  return unlessAny(wrong, `${secrets.length} secrets, each a file for its account only`);
}

/** A name of a secret that holds something other than the name of a file. */
function looksSecret(name: string, value: string): boolean {
  return (
    /PASS|SECRET|TOKEN|API_?KEY|PRIVATE_KEY|CREDENTIAL/i.test(name) &&
    !/FILE$|DIRECTORY$/i.test(name) &&
    value !== '' &&
    !value.startsWith('/')
  );
}

async function judgeIsolation({ stateDir, keys }: StateLinesOptions): Promise<Judged> {
  const { count } = keys.ages();
  const files = await storesIn(join(stateDir, 'tenants'));
  const heads = await Promise.all(files.map(headOf));
  const tenants = new Set(files.map((file) => /([0-9a-f]{32})[^/]*$/.exec(file)?.[1]));
  if (tenants.has(undefined)) return failed('a file among the tenants’ that is of no tenant');
  const plain = heads.filter((head) => head === PLAIN_HEAD).length;
  // Under one key and salt two files could begin alike; each has its own.
  const alike = heads.length - new Set(heads.map((head) => createHash('sha256').update(head).digest('hex'))).size;
  const wrong = [
    ...(tenants.size > count ? [`${tenants.size} people's and rooms' files, and only ${count} keys`] : []),
    ...(plain > 0 ? [`${plain} files are not encrypted`] : []),
    ...(alike > 0 ? [`${alike} files begin like another one`] : []),
  ];
  return unlessAny(wrong, `${tenants.size} files of people, rooms and shares; ${count} keys, one for each`);
}

async function judgeStores({ stateDir }: StateLinesOptions): Promise<Judged> {
  const files = [...(await storesIn(stateDir)), ...(await storesIn(join(stateDir, 'tenants')))];
  if (files.length === 0) throw new NotKnown('not-set-up', 'no stores');
  const heads = await Promise.all(files.map(async (file) => [file, await headOf(file)] as const));
  const plain = heads.filter(([, head]) => head === PLAIN_HEAD).map(([file]) => file.slice(stateDir.length + 1));
  return unlessAny(
    plain.map((file) => `${file} is not encrypted`),
    `${files.length} files, none of them readable without its key`,
  );
}

function judgeTrail({ jobs, alerts }: StateLinesOptions['control'], now: number): Judged {
  const last = jobs.lastEnded('audit');
  if (last === undefined) throw new NotKnown('not-set-up', 'the audit trail was never verified');
  const { rows, brokenAtRow } = last.figures;
  const isBroken = brokenAtRow !== undefined || alerts.open().some(({ code }) => code === 'audit-broken');
  if (isBroken) return failed(`the audit trail is broken at row ${brokenAtRow ?? 'unknown'}`);
  const hours = Math.round((now - last.startedAt) / 3_600_000);
  if (last.outcome !== 'ok' || rows === undefined) return failed(`the last check of the audit trail: ${last.outcome}`);
  const says = `${rows} rows, each continues the one before; verified ${hours} h ago`;
  return now - last.startedAt <= VERIFIED_MS ? passed(says) : failed(says);
}

function judgeBackups({ control, isBackupExpected }: StateLinesOptions, now: number): Judged {
  const all = control.backups.all();
  const proven = newestProven(all, now);
  if (proven === undefined) return failed(`${all.length} backups, none proven by restoring it`);
  const hours = Math.round((now - proven.madeAt) / 3_600_000);
  const says = `${proven.name}, proven by restoring it, made ${hours} h ago; at ${proven.copies.map(({ place }) => place).join(', ')}`;
  if (!isBackupExpected) return failed(`${says}; no more are made`);
  return now - proven.madeAt <= PROVEN_MS ? passed(says) : failed(says);
}

async function storesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.db')).map((name) => join(folder, name));
}

async function headOf(path: string): Promise<string> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
  if (bytesRead < 16) throw new NotKnown('unclear', 'a store that is shorter than its head');
  return buffer.toString('latin1');
}
