import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { generateKey, readPrivateKey } from 'openpgp';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { archiveName, type Generation } from '../../core/backup/generation.ts';
import { systemClock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { KDF_FOR_TESTS_ONLY } from '../../core/keys/passphrase-key.ts';
import { openState } from '../../core/sqlite/open-state.ts';
import { loadTokenVectors } from '../../core/static-embedder/token-vectors.ts';
import type { BackupPlan } from '../../ops/backup/backup-plan.ts';
import { drill } from '../../ops/backup/drill.ts';
import { postgresAddress } from '../../ops/backup/homeserver/postgres-address.ts';
import { makeBackup } from '../../ops/backup/make-backup.ts';
import { archiveFile, verifyArchive } from '../../ops/backup/verify-archive.ts';
import { copiesBeside } from '../../ops/restore/erased-copies.ts';
import { householdProof } from '../../ops/restore/prove-household.ts';
import { restoreHousehold } from '../../ops/restore/restore.ts';
import { freePort } from '../lab/python-child.ts';
import { PATIENCE_MS } from '../patience.ts';
import { programsHere } from './backup/programs-here.ts';
import { PASSPHRASE } from './open-test-state.ts';

// A real PostgreSQL of its own, as somebody who is not root: it refuses to be run by root.

const areHere = programsHere('a restore into PostgreSQL', ['initdb', 'postgres', 'psql', 'pg_dump', 'pg_restore']);
const NOBODY = 65_534;
const signal = new AbortController().signal;
let folder: string;
let server: ChildProcess | undefined;
let port: number;

const as = () => (process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {});
const uri = (name: string) => `postgresql://kin:secret@127.0.0.1:${port}/${name}`;
async function sql(database: string, text: string): Promise<string> {
  const env = { ...postgresAddress(uri(database))! };
  const { stdout } = await execa('psql', ['-X', '-At', '-v', 'ON_ERROR_STOP=1', '-c', text], { env });
  return stdout;
}

beforeAll(async () => {
  if (!areHere) return;
  folder = mkdtempSync(join(tmpdir(), 'kin-pg-'));
  chmodSync(folder, 0o777);
  port = await freePort();
  const data = join(folder, 'data');
  const password = join(folder, 'password');
  writeFileSync(password, 'secret', { mode: 0o644 });
  await execa(
    'initdb',
    ['-D', data, '-U', 'kin', `--pwfile=${password}`, '-A', 'scram-sha-256', '-E', 'UTF8', '--locale=C'],
    as(),
  );
  server = spawn('postgres', ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder], {
    ...{ ...as(), stdio: 'ignore' },
  });
  await vi.waitFor(async () => expect(await sql('postgres', 'SELECT 1')).toBe('1'), {
    timeout: PATIENCE_MS,
    interval: 200,
  });
  for (const name of ['synapse', 'fresh']) await sql('postgres', `CREATE DATABASE ${name}`);
  await sql('synapse', "CREATE TABLE events (k text); INSERT INTO events VALUES ('said')");
  await sql(
    'synapse',
    "CREATE TABLE e2e_one_time_keys_json (k text); INSERT INTO e2e_one_time_keys_json VALUES ('used')",
  );
  for (const name of ['device_inbox_sequence', 'receipts_sequence', 'user_id_seq'])
    await sql('synapse', `CREATE SEQUENCE ${name}`);
  await sql('synapse', "SELECT setval('device_inbox_sequence', 71), setval('user_id_seq', 7)");
});
afterAll(async () => {
  if (server !== undefined) {
    const ended = once(server, 'exit');
    server.kill('SIGINT');
    await ended;
  }
  if (areHere) rmSync(folder, { recursive: true, force: true });
});

/** A drill that fails once the dump was read: its pg_restore would wait for more of it for ever. */
async function failedDrill(made: Generation, state: OpenState): Promise<void> {
  const archive = join(folder, 'backups', archiveName(made.name));
  const failing = drill(
    { ...made, sha256: 'f'.repeat(64) },
    {
      ...{ state, stateDir: join(folder, 'state'), scratchDir: folder, vectors: loadTokenVectors() },
      ...{ clock: systemClock, signal, source: { place: 'local', open: async () => createReadStream(archive) } },
    },
  );
  await expect(failing).rejects.toMatchObject({ reason: 'backup-damaged' });
  await vi.waitFor(async () => expect(await childrenNamed('pg_restore')).toEqual([]), { timeout: PATIENCE_MS });
}

/** Processes that this one has started and that have not ended. */
async function childrenNamed(name: string): Promise<string[]> {
  const { stdout } = await execa('ps', ['--ppid', String(process.pid), '-o', 'pid=,comm=']);
  return stdout.split('\n').filter((line) => line.trim().endsWith(` ${name}`));
}

test.skipIf(!areHere)(
  'the homeserver’s database comes back into an empty PostgreSQL, and never over one that is not',
  async () => {
    const stateDir = join(folder, 'state');
    using state = await openState({
      stateDir,
      passphrase: PASSPHRASE,
      create: true,
      clock: systemClock,
      kdf: KDF_FOR_TESTS_ONLY,
    });
    const key = await generateKey({ userIDs: [{ name: 'kin' }], type: 'ecc', curve: 'curve25519Legacy' });
    const recipientsFile = join(folder, 'recipients.asc');
    writeFileSync(recipientsFile, key.publicKey);
    const place = (name: string, below: string) => {
      const folders = { folder: join(folder, below), media: join(folder, below, 'media') };
      return { kind: 'postgres', address: postgresAddress(uri(name))!, ...folders } as const;
    };
    const plan: BackupPlan = {
      ...{
        localDir: join(folder, 'backups'),
        recipientsFile,
        version: '0.1.0',
        homeserver: place('synapse', 'synapse'),
      },
    };
    mkdirSync(join(folder, 'synapse'));
    const made = await makeBackup(plan, { state, stateDir, clock: systemClock, signal });
    await failedDrill(made, state);
    const archive = join(plan.localDir, `${made.name}.tar.zst.gpg`);
    const source = archiveFile(archive);
    const keys = { privateKeys: [await readPrivateKey({ armoredKey: key.privateKey })] };
    const verified = await verifyArchive(source, { keys, signal });
    const into = (database: string, below: string, given = PASSPHRASE) =>
      restoreHousehold({
        ...{ source, keys, verified, clock: systemClock, signal, onProgress: () => {} },
        household: householdProof({
          ...{ keyFile: verified.keyFile, clock: systemClock, say: () => {} },
          prompt: { secret: async () => given, line: async () => '', close: () => {} },
        }),
        copies: copiesBeside(archive),
        vectors: loadTokenVectors,
        places: { stateDir: join(folder, below), homeserver: place(database, `${below}-server`), settings: [] },
      });
    await expect(into('synapse', 'refused')).rejects.toMatchObject({ reason: 'restore-target' });
    expect(existsSync(join(folder, 'refused'))).toBe(false);
    // Nothing reaches the database before the household has proven that it is theirs.
    await expect(into('fresh', 'foreign', 'no such words')).rejects.toMatchObject({ reason: 'wrong-passphrase' });
    expect(await sql('fresh', "SELECT count(*) FROM pg_class WHERE relname = 'events'")).toBe('0');
    expect(readdirSync(folder).filter((name) => /^foreign(?!.*\.lock$)/.test(name))).toEqual([]);
    await into('fresh', 'restored');
    expect(await sql('fresh', 'SELECT k FROM events')).toBe('said');
    expect(await sql('fresh', 'SELECT count(*) FROM e2e_one_time_keys_json')).toBe('0');
    // Where clients that stayed signed in have not been yet; what is no position of theirs stays.
    const positions = "SELECT nextval('device_inbox_sequence'), nextval('receipts_sequence'), nextval('user_id_seq')";
    expect(await sql('fresh', positions)).toBe('1000072|1000001|8');
    expect(existsSync(join(folder, 'restored', 'control.db'))).toBe(true);
  },
);
