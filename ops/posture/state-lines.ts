import { createHash } from 'node:crypto';
import { open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { newestProven } from '../../core/backup/newest-proven.ts';
import type { Control, OpenState } from '../../core/control.ts';
import { kinkeeper, setUpAgain, word } from '../fixes/commands.ts';
import type { Fix } from '../fixes/host-kind.ts';
import { failed, found, type Judged, of, passed, unlessAny } from './line.ts';
import { NotKnown, type OwnLine } from './own-line.ts';

const DAY_MS = 86_400_000;
const PROVEN_MS = 3 * DAY_MS;
const VERIFIED_MS = 2 * DAY_MS;
/** How each SQLite file begins that is not encrypted. */
const PLAIN_HEAD = 'SQLite format 3\0';

export interface StateLinesOptions {
  readonly stateDir: string;
  readonly control: Pick<Control, 'backups' | 'jobs' | 'alerts' | 'audit'>;
  readonly keys: Pick<OpenState['keys'], 'ages'>;
  /** Files that the settings were read from. */
  readonly files: readonly { readonly name: string; readonly path: string; readonly isSecret: boolean }[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly isBackupExpected: boolean;
}

/** What ops knows of the product's own promises, each from what is there and not from what was set. */
export function stateLines(options: StateLinesOptions): OwnLine[] {
  return [
    { id: 'secrets-as-files', fix: closeSecrets([]), read: () => judgeSecrets(options) },
    { id: 'isolation', fix: DOCTOR, read: () => judgeIsolation(options) },
    { id: 'audit-log', fix: () => '!run audit', read: (now) => judgeTrail(options.control, now) },
    { id: 'backups', fix: () => '!run drill', read: (now) => judgeBackups(options, now) },
    { id: 'document-encryption', fix: DOCTOR, read: () => judgeStores(options) },
  ];
}

/** It names each store that is not as it should be, and what to do with it. */
const DOCTOR: Fix = (host) => kinkeeper(host, 'doctor');

/** Takes from everybody but their owners what is theirs. In a container these files have other names than on the host, where this is typed. */
function closeSecrets(paths: readonly string[]): Fix {
  return ({ engine, data }) =>
    engine.name === 'none' && paths.length > 0
      ? `chmod 600 ${paths.map(word).join(' ')}`
      : `find ${word(`${data}/secrets`)} -type f -exec chmod go= {} +`;
}

/** Where what stands in the environment of ops comes from. */
function whereNamed(name: string): Fix {
  return (host) => {
    if (host.engine.name !== 'none') return `cd ${word(host.product)} && grep -n ${name} .env docker-compose*.yml`;
    return host.hasServices ? `grep -rn ${name} /etc/systemd/system/kinkeeper-*` : `unset ${name}`;
  };
}

async function judgeSecrets({ files, env }: StateLinesOptions): Promise<Judged> {
  const secrets = files.filter(({ isSecret }) => isSecret);
  const loose = await Promise.all(
    secrets.map(async ({ name, path }) => {
      const { mode } = await stat(path).catch(() => {
        throw new NotKnown('failed', of(name, found('secrets.unreadable', {})));
      });
      const says = of(name, found('secrets.mode', { mode: (mode & 0o777).toString(8) }));
      return (mode & 0o077) === 0 ? [] : [{ path, says }];
    }),
  );
  const named = Object.entries(env).filter(([name, value]) => looksSecret(name, value ?? ''));
  const open = loose.flat();
  const wrong = [...open.map(({ says }) => says), ...named.map(([name]) => found('secrets.in-environment', { name }))];
  if (wrong.length === 0 && secrets.length === 0) throw new NotKnown('not-set-up', found('secrets.none', {}));
  const judged = unlessAny(wrong, found('secrets.well', { count: secrets.length }));
  if (open.length > 0) return { ...judged, fix: closeSecrets(open.map(({ path }) => path)) };
  const [first] = named.filter(([name]) => /^\w+$/.test(name));
  return first === undefined ? judged : { ...judged, fix: whereNamed(first[0]) };
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
  if (tenants.has(undefined)) return failed(found('stores.of-nobody', {}));
  const plain = heads.filter((head) => head === PLAIN_HEAD).length;
  // Under one key and salt two files could begin alike; each has its own.
  const alike = heads.length - new Set(heads.map((head) => createHash('sha256').update(head).digest('hex'))).size;
  const wrong = [
    ...(tenants.size > count ? [found('stores.too-many', { files: tenants.size, keys: count })] : []),
    ...(plain > 0 ? [found('stores.plain', { count: plain })] : []),
    ...(alike > 0 ? [found('stores.alike', { count: alike })] : []),
  ];
  return unlessAny(wrong, found('stores.isolated', { files: tenants.size, keys: count }));
}

async function judgeStores({ stateDir }: StateLinesOptions): Promise<Judged> {
  const files = [...(await storesIn(stateDir)), ...(await storesIn(join(stateDir, 'tenants')))];
  if (files.length === 0) throw new NotKnown('not-set-up', found('stores.none', {}));
  const heads = await Promise.all(files.map(async (file) => [file, await headOf(file)] as const));
  const plain = heads.filter(([, head]) => head === PLAIN_HEAD).map(([file]) => file.slice(stateDir.length + 1));
  return unlessAny(
    plain.map((file) => found('store.plain', { file })),
    found('stores.sealed', { count: files.length }),
  );
}

function judgeTrail({ jobs, alerts, audit }: StateLinesOptions['control'], now: number): Judged {
  const last = jobs.lastEnded('audit');
  if (last === undefined) throw new NotKnown('not-yet', found('trail.unverified', {}));
  const { rows, brokenAtRow } = last.figures;
  const isBroken = brokenAtRow !== undefined || alerts.open().some(({ code }) => code === 'audit-broken');
  // Looking again mends no row: somebody changed it.
  if (isBroken) return { ...failed(found('trail.broken', { row: Number(brokenAtRow ?? -1) })), fix: () => '!incident' };
  if (last.outcome !== 'ok' || rows === undefined) return failed(found('trail.check-ended', { outcome: last.outcome }));
  // The check counts rows that retention removed since, or before; what it looked at is what is still there of them.
  const there = audit.extent();
  const newer = there.last - Number(rows);
  if (newer < 0) return failed(found('trail.broken', { row: there.last + 1 }));
  const checked = Number(rows) - there.first + 1;
  if (checked <= 0) throw new NotKnown('not-yet', found('trail.unlooked', { newer: there.last - there.first + 1 }));
  const hours = hoursSince(last.startedAt, now);
  const says = found('trail.well', { checked, newer, hours });
  return now - last.startedAt <= VERIFIED_MS ? passed(says) : failed(says, found('trail.too-old', {}));
}

function judgeBackups({ control, isBackupExpected }: StateLinesOptions, now: number): Judged {
  const all = control.backups.all();
  const proven = newestProven(all, now);
  if (!isBackupExpected && proven === undefined)
    return { ...failed(found('backups.unproven', { count: all.length })), fix: setUpBackups };
  if (proven === undefined) {
    const unproven = failed(found('backups.unproven', { count: all.length }));
    return all.length > 0 ? unproven : { ...unproven, fix: () => '!run backup' };
  }
  const hours = hoursSince(proven.madeAt, now);
  const places = proven.copies.map(({ place }) => place).join(', ');
  const says = found('backups.proven', { name: proven.name, hours, places });
  if (!isBackupExpected) return { ...failed(says, found('backups.no-more', {})), fix: setUpBackups };
  return now - proven.madeAt <= PROVEN_MS ? passed(says) : failed(says);
}

/** Whole hours, 0 below half of one. */
function hoursSince(at: number, now: number): number {
  return Math.max(0, Math.round((now - at) / 3_600_000));
}

/** In containers only set-up writes settings; without them the key is made where the settings name it. */
const setUpBackups: Fix = (host) =>
  host.engine.name === 'none' && !host.hasServices ? kinkeeper(host, 'backup keys') : setUpAgain(host);

async function storesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.db')).map((name) => join(folder, name));
}

async function headOf(path: string): Promise<string> {
  await using file = await open(path);
  const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
  if (bytesRead < 16) throw new NotKnown('unclear', found('stores.short', {}));
  return buffer.toString('latin1');
}
