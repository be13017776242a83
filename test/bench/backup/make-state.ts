import { randomFillSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { tenantFile } from '../../../core/sqlite/tenant-files.ts';
import { TenantKeyStore } from '../../../core/sqlite/tenant-key-store.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState } from '../../core/sqlite/temporary-state.ts';

/** What a bench backs up, below one folder. */
export interface BenchState {
  readonly folder: string;
  readonly stateDir: string;
  readonly homeserver: {
    readonly kind: 'sqlite';
    readonly database: string;
    readonly folder: string;
    readonly media: string;
  };
}

const MB = 1_000_000;
const PEOPLE = ['ada', 'ben', 'cem', 'dan'];

/** About so many megabytes: six tenths sealed stores, a quarter the homeserver's database, the rest media (which no compression makes smaller). */
export async function makeBenchState(folder: string, megabytes: number): Promise<BenchState> {
  const stateDir = join(folder, 'state');
  const home = join(folder, 'synapse');
  mkdirSync(folder, { recursive: true });
  await fillStores(stateDir, megabytes * 0.6);
  const media = join(home, 'media_store');
  mkdirSync(media, { recursive: true });
  fillHomeserver(join(home, 'homeserver.db'), megabytes * 0.25 * MB);
  fillMedia(join(media, 'local_content'), megabytes * 0.15);
  writeFileSync(join(home, 'homeserver.yaml'), 'server_name: home.test\n');
  return {
    folder,
    stateDir,
    homeserver: { kind: 'sqlite', database: join(home, 'homeserver.db'), folder: home, media },
  };
}

async function fillStores(stateDir: string, megabytes: number): Promise<void> {
  const state = await openTestState(stateDir);
  state.control.people.seed(
    PEOPLE.map((name) => ({ id: `@${name}:home.test`, role: 'admin', language: 'en' }) as const),
  );
  const tenants = PEOPLE.map((name) => {
    const caller = state.control.people.callerFor(`@${name}:home.test`)!;
    const passages = Array.from({ length: 200 }, (_, at) => samplePassage(at, `paper of ${name}, page ${at}`));
    state.vault.write(caller, (writer) => writer.addDocument(sampleDocument('$paper'), passages));
    return caller.tenant;
  });
  const { control: key, wrap } = state.freezeKeys();
  state[Symbol.dispose]();
  const control = openEncrypted(join(stateDir, 'control.db'), key);
  const keys = new TenantKeyStore(control, wrap);
  for (const tenant of tenants) {
    const db = openEncrypted(tenantFile(join(stateDir, 'tenants'), tenant, 0), keys.key(tenant), { mustExist: true });
    // Sealed pages look like chance whatever stands in them, so that what fills them does not matter.
    db.exec('CREATE TABLE filler (bytes BLOB)');
    const fill = db.prepare('INSERT INTO filler VALUES (zeroblob(?))');
    for (let left = megabytes / tenants.length; left > 0; left--) fill.run(MB);
    db.close();
  }
  control.close();
}

/** Events as a homeserver keeps them: JSON around an encrypted body. */
function fillHomeserver(path: string, bytes: number): void {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  db.exec('CREATE TABLE event_json (event_id TEXT PRIMARY KEY, room_id TEXT, internal_metadata TEXT, json TEXT)');
  const add = db.prepare('INSERT INTO event_json VALUES (?, ?, ?, ?)');
  const body = Buffer.alloc(450);
  db.exec('BEGIN');
  for (let written = 0, at = 0; written < bytes; at++) {
    randomFillSync(body);
    const json = JSON.stringify({
      ...{
        auth_events: [`$auth${at % 97}`, `$auth${at % 89}`],
        prev_events: [`$event${at - 1}`],
        type: 'm.room.encrypted',
      },
      ...{ room_id: `!room${at % 12}:home.test`, sender: `@person${at % 5}:home.test`, depth: at, origin: 'home.test' },
      content: {
        algorithm: 'm.megolm.v1.aes-sha2',
        ciphertext: body.toString('base64'),
        session_id: `session${at % 400}`,
      },
      hashes: { sha256: body.toString('base64', 0, 32) },
      signatures: { 'home.test': { 'ed25519:a_key': body.toString('base64', 0, 64) } },
    });
    add.run(`$event${at}`, `!room${at % 12}:home.test`, '{"token_id":1,"stream_ordering":1}', json);
    written += json.length + 120;
  }
  db.exec('COMMIT');
  db.close();
}

function fillMedia(folder: string, megabytes: number): void {
  const photo = Buffer.alloc(MB);
  for (let at = 0; at < megabytes; at++) {
    const below = join(folder, String(at % 10), String(at % 7));
    mkdirSync(below, { recursive: true });
    writeFileSync(join(below, `photo${at}`), randomFillSync(photo));
  }
}
