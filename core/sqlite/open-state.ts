import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import type { AlertLog } from '../alert.ts';
import { clearRestoreLeftovers, refuseRestoring } from '../backup/restoring.ts';
import type { TenantId } from '../caller.ts';
import type { Clock } from '../clock.ts';
import type { Control, OpenState } from '../control.ts';
import { alertingVault } from '../damaged-store.ts';
import type { EraseKeys } from '../erase/erase-keys.ts';
import type { Erasing } from '../erase/erasing.ts';
import { AppError } from '../errors.ts';
import { deriveKey } from '../keys/derive.ts';
import { placeNew, syncFolder } from '../keys/durable-write.ts';
import { keysMissing, readKeyFile } from '../keys/key-file.ts';
import { createMasterKey, renewRecoveryCode, unlockMasterKey } from '../keys/master-key.ts';
import { KDF_PARAMETERS, type KdfParameters } from '../keys/passphrase-key.ts';
import { storageFault } from '../keys/storage-fault.ts';
import { wipe } from '../keys/wipe.ts';
import { checkMasterKey } from '../keys/wrap-master-key.ts';
import type { FamilyRooms } from '../rooms.ts';
import type { Shares } from '../shares.ts';
import { shelfKeepingVault } from '../shelf-keeping-vault.ts';
import { applyEndings } from './apply-endings.ts';
import { applyTombstones, type TombstoneParts } from './apply-tombstones.ts';
import { CODE_TOLD } from './code-told.ts';
import { CONTROL_MIGRATIONS } from './control-migrations.ts';
import { controlStore } from './control-store.ts';
import { damagedStores } from './damaged-stores.ts';
import { openEraseKeys } from './erase-secret.ts';
import { withKeyLock } from './key-lock.ts';
import { KeyRequestStore } from './key-request-store.ts';
import { leaveRooms } from './leave-rooms.ts';
import { migrate } from './migrate.ts';
import { openEncrypted } from './open-encrypted.ts';
import { RoomStore } from './room-store.ts';
import { TenantKeyRotation } from './rotate-tenant-key.ts';
import { ShareStore } from './share-store.ts';
import { sqliteFault } from './sqlite-fault.ts';
import { hasStagedStores, settleStagedStores } from './staged-stores.ts';
import { StateEraser } from './state-eraser.ts';
import { tenantFile } from './tenant-files.ts';
import { TenantKeyStore } from './tenant-key-store.ts';
import { TombstoneStore } from './tombstone-store.ts';
import { FileVault } from './vault.ts';
import { watchKeyFile } from './watch-key-file.ts';

const KEY_FILE = 'keys.json';
const CONTROL_FILE = 'control.db';
const BOT_FILE = 'bot.db';
const TENANT_FOLDER = 'tenants';
/** Outlives the restore of an older control.db, so that nobody who was erased comes back with it. */
const TOMBSTONE_FILE = 'tombstones';

/** What `openState` needs. `kdf` is a switch for tests; it matters only when keys.json is made. */
export interface OpenStateOptions {
  readonly stateDir: string;
  readonly passphrase: string;
  /**
   * Make folder, keys and stores when this is the very first start, and clear away what a killed change of a key or restore has left.
   * Only for who holds the bot's lock.
   */
  readonly create: boolean;
  readonly clock: Clock;
  /** Keeps the master key in memory for `OpenState.openCopy`; for the process that drills backups. */
  readonly opensCopies?: boolean;
  readonly kdf?: KdfParameters;
}

/**
 * What a state folder looks like from outside, without any key: nothing there yet (or a first start that did not get to
 * its end), ready to be unlocked, or data without its keys.json. Used by ops (to wait for the bot) and doctor. Throws
 * AppError `unavailable` (reason `state-dir`) when the folder may not be read.
 */
export function peekState(stateDir: string): 'empty' | 'ready' | 'keys-missing' {
  try {
    const hasData = isThere(stateDir, CONTROL_FILE) || isThere(stateDir, BOT_FILE) || hasTenants(stateDir);
    if (!hasData) return 'empty';
    return isThere(stateDir, KEY_FILE) ? 'ready' : 'keys-missing';
  } catch (thrown) {
    throw storageFault(thrown, stateDir);
  }
}

/**
 * Unlocks a state folder. The canary is checked before anything is written. Throws AppError: `forbidden` (reason
 * `wrong-passphrase`), `invalid` (`passphrase-empty`), or `unavailable` (`keys-missing`, `keys-damaged`, `state-dir`,
 * `state-empty` when there is nothing and `create` is false, `store-missing`, `store-unreadable`, `store-newer`, `disk-full`, `restore-unfinished`).
 */
export async function openState(options: OpenStateOptions): Promise<OpenState> {
  refuseRestoring(options.stateDir);
  const state = peekState(options.stateDir);
  if (state === 'keys-missing') throw keysMissing();
  if (state === 'ready') return openStores(options, await unlockSettled(options), undefined);
  if (!options.create) throw stateEmpty(options.stateDir);
  const { masterKey, recoveryCode } = await firstStart(options);
  return openStores(options, masterKey, recoveryCode);
}

/** The master key, once no change of it is half way: one that was cut off is brought to its end, or undone, first. */
async function unlockSettled({ stateDir, passphrase }: OpenStateOptions): Promise<Uint8Array> {
  const keyFile = join(stateDir, KEY_FILE);
  const masterKey = await unlockMasterKey(keyFile, passphrase);
  if (!hasStagedStores(stateDir)) return masterKey;
  wipe(masterKey);
  return withKeyLock(stateDir, async () => {
    const key = await unlockMasterKey(keyFile, passphrase);
    settleStagedStores(stateDir, readKeyFile(keyFile).generation);
    return key;
  });
}

async function firstStart(options: OpenStateOptions): Promise<{ masterKey: Uint8Array; recoveryCode: string }> {
  const { stateDir, passphrase, clock, kdf = KDF_PARAMETERS } = options;
  const keyFile = join(stateDir, KEY_FILE);
  try {
    mkdirSync(stateDir, { recursive: true, mode: 0o700 });
  } catch (thrown) {
    throw storageFault(thrown, stateDir);
  }
  const made = await createMasterKey(keyFile, passphrase, { ...kdf, at: clock() });
  const masterKey = made?.masterKey ?? (await unlockMasterKey(keyFile, passphrase));
  makeControlFile(stateDir, masterKey);
  // An earlier first start made keys.json and was killed before anybody saw its recovery code.
  return { masterKey, recoveryCode: made?.recoveryCode ?? renewRecoveryCode(keyFile, masterKey, clock()) };
}

// Under another name first: whoever sees control.db sees a finished one.
function makeControlFile(stateDir: string, masterKey: Uint8Array): void {
  const unfinished = join(stateDir, `${CONTROL_FILE}.${randomBytes(6).toString('hex')}.new`);
  const key = deriveKey(masterKey, 'control.db');
  try {
    const db = openEncrypted(unfinished, key);
    try {
      migrate(db, CONTROL_MIGRATIONS);
    } finally {
      db.close();
    }
    placeNew(unfinished, join(stateDir, CONTROL_FILE));
    syncFolder(stateDir);
  } catch (thrown) {
    throw storageFault(thrown, stateDir);
  } finally {
    wipe(key);
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${unfinished}${suffix}`, { force: true });
  }
}

function openStores(options: OpenStateOptions, masterKey: Uint8Array, newRecoveryCode: string | undefined): OpenState {
  const { stateDir, clock } = options;
  const botKey = deriveKey(masterKey, 'bot.db');
  const wrapKey = deriveKey(masterKey, 'tenant-keys');
  const controlKey = deriveKey(masterKey, 'control.db');
  let db: Database.Database | undefined;
  try {
    db = openEncrypted(join(stateDir, CONTROL_FILE), controlKey, { mustExist: true });
    migrate(db, CONTROL_MIGRATIONS);
    mkdirSync(join(stateDir, TENANT_FOLDER), { recursive: true, mode: 0o700 });
    const tenants = new TenantKeyStore(db, wrapKey, clock);
    const eraseKeys = openEraseKeys(db, masterKey);
    const tombstones = new TombstoneStore(db, join(stateDir, TOMBSTONE_FILE), eraseKeys);
    const control = controlStore(db, tenants, { clock, wasErased: (person) => tombstones.hasPerson(person) });
    watchKeyFile(readKeyFile(join(stateDir, KEY_FILE)), control);
    // An earlier start made keys.json and ended (killed, no homeserver) before anybody saw its recovery code.
    const isUntold = options.create && control.facts.get(CODE_TOLD) === undefined;
    const code =
      newRecoveryCode ?? (isUntold ? renewRecoveryCode(join(stateDir, KEY_FILE), masterKey, clock()) : undefined);
    const folder = join(stateDir, TENANT_FOLDER);
    const vault = new FileVault(folder, tenants, clock);
    vault.whenForgotten((tenant, sources) => tombstones.noteForgotten(tenant, sources, clock()));
    const keys = new TenantKeyRotation({
      db,
      folder,
      keyFile: join(stateDir, KEY_FILE),
      tenants,
      requests: new KeyRequestStore(db),
      vault,
      clock,
    });
    if (options.create) {
      keys.clearLeftovers();
      clearRestoreLeftovers(stateDir);
    }
    const { people } = control;
    const rooms = new RoomStore(db, { tenants, people, discard: (tenant: TenantId) => vault.discard(tenant) });
    const shares = new ShareStore(db, { tenants, people, vault, clock, tombstones });
    const erasing = new StateEraser({ db, tenants, vault, shares, tombstones, keys: eraseKeys, clock });
    applyTombstones({
      ...{ db, tombstones, ...tellingOf(control.alerts) },
      shred: (tenant: TenantId) => erasing.shred(tenant),
      leaveRooms: (person: string) => leaveRooms({ vault, people, rooms }, person),
    });
    applyEndings({
      ...{ tombstones, vault, people },
      tenants: () => tenants.files().map(([tenant]) => tenant),
      closeShare: (shelf) => shares.close(shelf),
      tell: (again) => control.alerts.raise({ code: 'ended-again', severity: 'info', facts: again }),
    });
    const copyKey = options.opensCopies ? Uint8Array.from(masterKey) : undefined;
    const parts = {
      ...{ stateDir, clock, controlKey, copyKey },
      db,
      wrapKey,
      botKey,
      control,
      tenants,
      vault,
      keys,
      erasing,
      eraseKeys,
      rooms,
      shares,
    };
    return assemble({ ...parts, newRecoveryCode: code });
  } catch (thrown) {
    db?.close();
    wipe(botKey, wrapKey, controlKey);
    // Damage may show at any page that is read on the way.
    throw storageFault(sqliteFault(thrown, CONTROL_FILE), stateDir);
  } finally {
    wipe(masterKey);
  }
}

function assemble(parts: {
  stateDir: string;
  clock: Clock;
  controlKey: Uint8Array;
  copyKey: Uint8Array | undefined;
  db: Database.Database;
  wrapKey: Uint8Array;
  botKey: Uint8Array;
  control: Control;
  tenants: TenantKeyStore;
  vault: FileVault;
  keys: TenantKeyRotation;
  erasing: Erasing;
  eraseKeys: EraseKeys;
  rooms: FamilyRooms;
  shares: Shares;
  newRecoveryCode: string | undefined;
}): OpenState {
  const { db, wrapKey, botKey, controlKey, control, tenants, vault, keys, erasing, eraseKeys, rooms, shares } = parts;
  const { stateDir, clock, copyKey, newRecoveryCode } = parts;
  return {
    control,
    vault: shelfKeepingVault(alertingVault(vault, control.alerts), shares),
    erasing,
    keys,
    rooms,
    shares,
    botKey,
    indexSecret: (tenant) => tenants.indexSecret(tenant),
    freezeKeys: () => ({
      control: Uint8Array.from(controlKey),
      bot: Uint8Array.from(botKey),
      wrap: Uint8Array.from(wrapKey),
    }),
    releaseFiles: () => vault.releaseAll(),
    damaged: () =>
      damagedStores([
        { name: CONTROL_FILE, path: join(stateDir, CONTROL_FILE), key: () => Uint8Array.from(controlKey) },
        ...tenants.openable().map(([tenant, generation]) => ({
          name: `${tenant}.db`,
          path: tenantFile(join(stateDir, TENANT_FOLDER), tenant, generation),
          key: () => tenants.key(tenant),
        })),
      ]),
    openCopy: (copy) => openCopy(copy, copyKey, clock),
    newRecoveryCode,
    recoveryCodeTold: () => control.facts.set(CODE_TOLD, 'yes'),
    [Symbol.dispose]() {
      vault.close();
      db.close();
      wipe(wrapKey, botKey, controlKey, ...(copyKey ? [copyKey] : []));
      eraseKeys.wipe();
    },
  };
}

function openCopy(stateDir: string, copyKey: Uint8Array | undefined, clock: Clock): OpenState {
  if (copyKey === undefined) throw new AppError('internal', 'this process opens no copies of its state folder');
  if (peekState(stateDir) !== 'ready') throw stateEmpty(stateDir);
  const masterKey = checkMasterKey(readKeyFile(join(stateDir, KEY_FILE)), Uint8Array.from(copyKey));
  return openStores({ stateDir, passphrase: '', create: false, clock }, masterKey, undefined);
}

/** Who was erased does not come back with a restored folder; the admins hear when that had to be done, or cannot be told any more. */
function tellingOf(alerts: AlertLog): Pick<TombstoneParts, 'tellErased' | 'tellDamaged'> {
  return {
    tellErased: (count) => alerts.raise({ code: 'erased-again', severity: 'info', facts: { count } }),
    tellDamaged: () => alerts.raise({ code: 'tombstones-damaged', severity: 'critical', key: 'tombstones-damaged' }),
  };
}

function isThere(stateDir: string, file: string): boolean {
  return statSync(join(stateDir, file), { throwIfNoEntry: false }) !== undefined;
}

function hasTenants(stateDir: string): boolean {
  if (!isThere(stateDir, TENANT_FOLDER)) return false;
  return readdirSync(join(stateDir, TENANT_FOLDER)).some((file) => file.endsWith('.db'));
}

function stateEmpty(stateDir: string): AppError {
  return new AppError('unavailable', `the state folder ${stateDir} holds nothing yet`, {
    reason: 'state-empty',
    hint: 'Start the bot once: its first start makes the keys and the stores.',
    facts: { folder: stateDir },
  });
}
