import { randomBytes, randomInt } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  FREEZE_LEFTOVER,
  type FreezeKeys,
  type FrozenFile,
  type FrozenState,
  inMemory,
  type OtherStore,
  type TenantCount,
} from '../backup/frozen-state.ts';
import type { TenantId } from '../caller.ts';
import type { Clock } from '../clock.ts';
import { wipe } from '../keys/wipe.ts';
import { step } from '../step.ts';
import { AuditStore } from './audit-store.ts';
import { copyBotStore } from './copy-bot-store.ts';
import { storeBusy } from './sqlite-fault.ts';
import { StoreFreezer } from './store-freezer.ts';
import { tenantFile } from './tenant-files.ts';
import { TenantKeyStore } from './tenant-key-store.ts';

const CONTROL = 'control.db';
const BOT = 'bot.db';
/** What else lies in the state folder and belongs to the same moment. */
const SMALL = ['keys.json', 'tombstones'];
/** How long a moment is looked for in which nobody writes. */
const PATIENCE_MS = 60_000;
/**
 * How long a try waits for those who write while it holds what others want to write to: those wait five seconds for a lock. They
 * may hold one store and want another, which ends here. Later tries wait longer, for many who write without a pause.
 */
const FIRST_WAIT_MS = 100;
const LONGEST_WAIT_MS = 1_000;

/** What `freezeState` works on. */
export interface FreezeParts {
  readonly stateDir: string;
  readonly keys: FreezeKeys;
  readonly clock: Clock;
  /** Stores of somebody else (the homeserver's) that are frozen at the same moment. */
  readonly others: readonly OtherStore[];
  readonly signal: AbortSignal;
}

/**
 * Freezes all stores of a state folder at one moment: for a few milliseconds nobody writes, then everybody goes on. What is
 * read afterwards fits together: no key without its file, no file without its key. Only in a process of its own, which opens none
 * of these files otherwise (store-freezer.ts). Throws AppError `unavailable` (reason `store-busy`) when somebody writes without a
 * pause for a minute, or what opening a store throws.
 */
export async function freezeState(parts: FreezeParts): Promise<FrozenState> {
  const until = performance.now() + PATIENCE_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(waitMs * 2, LONGEST_WAIT_MS)) {
    const frozen = tryFreeze(parts, waitMs);
    if (frozen) return frozen;
    if (performance.now() > until) throw storeBusy(CONTROL);
    await pause(randomInt(20, 200), undefined, { signal: parts.signal });
  }
}

/** Every store that is frozen together. */
class Freezers {
  readonly all: StoreFreezer[] = [];

  open(path: string, key?: Uint8Array): StoreFreezer {
    const freezer = new StoreFreezer(path, key);
    this.all.push(freezer);
    return freezer;
  }

  /** First every connection of every store, then the files: see `StoreFreezer.closeFiles`. Harmless twice. */
  close(): void {
    for (const freezer of this.all) freezer.close();
    for (const freezer of this.all) freezer.closeFiles();
    this.all.length = 0;
  }
}

/** undefined when somebody was writing, or tenants came, went or got new keys between listing and locking them. */
function tryFreeze(parts: FreezeParts, waitMs: number): FrozenState | undefined {
  const freezers = new Freezers();
  using held = new DisposableStack();
  held.defer(() => freezers.close());
  const { stateDir, keys } = parts;
  const control = freezers.open(join(stateDir, CONTROL), keys.control);
  const tenants = new TenantKeyStore(control.reader, keys.wrap);
  const list = () => openable(tenants, stateDir);
  const listed = list();
  const isAsListed = () => pathsOf(list()) === pathsOf(listed);
  const files = openTenants(freezers, tenants, { listed, isAsListed });
  if (files === undefined) return undefined;
  const bot = existsSync(join(stateDir, BOT)) ? freezers.open(join(stateDir, BOT), keys.bot) : undefined;
  const others = parts.others.map(({ path, name }) => ({ name, store: freezers.open(path) }));
  const moment = atOnce(freezers.all, waitMs, () => (isAsListed() ? lookAround(parts, control) : undefined));
  if (moment === undefined) return undefined;
  step('frozen');
  const botCopy = bot && held.use(botFile(parts, bot));
  const state: FrozenFile[] = [
    ...moment.small,
    ...control.files(CONTROL),
    ...(botCopy ? [botCopy.file] : []),
    ...files.flatMap(({ path, store }) => store.files(`tenants/${path.split('/').at(-1)!}`)),
  ];
  const people = control.reader.prepare('SELECT count(*) FROM people WHERE removed_at IS NULL').pluck().get() as number;
  const counted = files.map(({ tenant, store }) => countIn(tenant, store));
  const kept = held.move();
  return {
    ...{ at: moment.at, files: state, tenants: counted, people, anchor: moment.anchor },
    others: others.flatMap(({ name, store }) => store.files(name)),
    [Symbol.dispose]: () => kept.dispose(),
  };
}

/** Pins every store while nobody can write to any; undefined when somebody is writing, or `look` says that it does not fit. */
function atOnce<T>(stores: readonly StoreFreezer[], waitMs: number, look: () => T | undefined): T | undefined {
  try {
    if (!lockAll(stores, waitMs)) return undefined;
    const seen = look();
    if (seen !== undefined) for (const store of stores) store.pin();
    return seen;
  } finally {
    for (const store of stores) store.unlock();
  }
}

/** Takes the locks as they become free, in any order; false when not all of them did in time. */
function lockAll(stores: readonly StoreFreezer[], waitMs: number): boolean {
  const until = performance.now() + waitMs;
  for (let left = stores; ; ) {
    left = left.filter((store) => !store.tryLock());
    if (left.length === 0) return true;
    if (performance.now() > until) return false;
    Atomics.wait(SLEEPER, 0, 0, 1);
  }
}

/** Nobody wakes it: for waiting a millisecond without letting anything else of this process run. */
const SLEEPER = new Int32Array(new SharedArrayBuffer(4));

interface TenantPath {
  readonly tenant: TenantId;
  readonly path: string;
}

function openable(tenants: TenantKeyStore, stateDir: string): TenantPath[] {
  const folder = join(stateDir, 'tenants');
  return tenants.openable().map(([tenant, generation]) => ({ tenant, path: tenantFile(folder, tenant, generation) }));
}

function pathsOf(files: readonly TenantPath[]): string {
  return files.map(({ path }) => path).join('\n');
}

/** undefined when one of them went or got a new key meanwhile: then its file is gone, or another one, or the key opens nothing. */
function openTenants(
  freezers: Freezers,
  tenants: TenantKeyStore,
  { listed, isAsListed }: { listed: readonly TenantPath[]; isAsListed: () => boolean },
) {
  try {
    return listed.map((one) => ({ ...one, store: openTenant(freezers, tenants, one) }));
  } catch (thrown) {
    if (isAsListed()) throw thrown;
    return undefined;
  }
}

function openTenant(freezers: Freezers, tenants: TenantKeyStore, { tenant, path }: TenantPath): StoreFreezer {
  const key = tenants.key(tenant);
  try {
    return freezers.open(path, key);
  } finally {
    wipe(key);
  }
}

/** What has to be looked at while nobody writes. */
function lookAround({ stateDir, clock }: FreezeParts, control: StoreFreezer) {
  const small = SMALL.filter((name) => existsSync(join(stateDir, name)));
  const at = clock();
  const anchor = new AuditStore(control.reader).anchor(at);
  return { at, anchor, small: small.map((name) => inMemory(name, readFileSync(join(stateDir, name)))) };
}

function countIn(tenant: TenantId, { reader }: StoreFreezer): TenantCount {
  const count = (table: string) => reader.prepare(`SELECT count(*) FROM ${table}`).pluck().get() as number;
  return { tenant, documents: count('documents'), passages: count('passages') };
}

/** bot.db without what must never be resumed, as an encrypted file of its own until it was read. */
function botFile({ stateDir, keys }: FreezeParts, bot: StoreFreezer): Disposable & { readonly file: FrozenFile } {
  const folder = join(stateDir, `${FREEZE_LEFTOVER}${randomBytes(6).toString('hex')}`);
  const remove = () => rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { mode: 0o700 });
  try {
    const path = join(folder, BOT);
    copyBotStore(bot.reader, { path, key: keys.bot });
    const { size } = statSync(path);
    return { file: { name: BOT, bytes: size, read: () => createReadStream(path) }, [Symbol.dispose]: remove };
  } catch (thrown) {
    remove();
    throw thrown;
  }
}
