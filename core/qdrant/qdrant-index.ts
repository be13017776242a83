import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertLog } from '../alert.ts';
import type { Caller, TenantId } from '../caller.ts';
import type { Facts } from '../control.ts';
import { isDamaged } from '../damaged-store.ts';
import { AppError, errorCode } from '../errors.ts';
import type { PassageSearch, SearchHits, SearchRequest } from '../passage-search.ts';
import type { People } from '../people.ts';
import type { Vault } from '../tenant.ts';
import { type QdrantAddress, QdrantServer } from './qdrant-server.ts';
import { keyedHash, tenantKeys } from './tenant-keys.ts';
import { TenantMirror } from './tenant-mirror.ts';

/** What the index works with. `vault` is the files themselves, not a watched one; `model` names the embedding model in use. */
export interface QdrantIndexParts {
  readonly address: QdrantAddress;
  readonly vault: Vault;
  readonly people: People;
  readonly alerts: AlertLog;
  readonly facts: Facts;
  readonly indexSecret: (tenant: TenantId) => Uint8Array;
  readonly model: string | undefined;
  readonly gramsOf: (text: string) => readonly string[];
  readonly log?: { warn(facts: object, message: string): void };
  readonly pace?: Partial<IndexPace>;
}

/** Times in milliseconds: the longest that a question waits for the index to be in line, and then for its hits, and the first and longest rest after a failure. */
export interface IndexPace {
  readonly settleMs: number;
  readonly firstRestMs: number;
  readonly longestRestMs: number;
}

const PACE: IndexPace = { settleMs: 5_000, firstRestMs: 2_000, longestRestMs: 60_000 };
/** The fact that names this installation among others on the same server. */
const INSTALLATION = 'index-installation';
/** Time for what is left to do when the process ends. */
const LAST_WORK_MS = 3_000;
const ALERT = 'index-failing';
const DAMAGED = 'index-damaged';
/** Failures in a row after which the admins hear of it. */
const ALERT_AFTER = 3;

/**
 * Passages in Qdrant: one collection per tenant that follows the tenant's file. A worker brings every collection in line
 * at the start, after each write and after failures, and deletes collections whose tenant is gone. Started by the entry
 * files when `store.kind` is qdrant.
 */
export class QdrantIndex implements PassageSearch {
  readonly #parts: QdrantIndexParts;
  readonly #server: QdrantServer;
  readonly #pace: IndexPace;
  readonly #mirrors = new Map<TenantId, TenantMirror>();
  readonly #stop = new AbortController();
  readonly #stopped = Promise.withResolvers<void>();
  #swept = '';
  #isDamaged = false;
  #wake = Promise.withResolvers<void>();
  #working: Promise<void> | undefined;

  constructor(parts: QdrantIndexParts) {
    this.#parts = parts;
    this.#server = new QdrantServer(parts.address);
    this.#pace = { ...PACE, ...parts.pace };
  }

  /** Starts the worker. The handle ends it: what was just forgotten still goes, everything else is left to the next start. */
  start(): AsyncDisposable {
    this.#working ??= this.#work();
    return {
      [Symbol.asyncDispose]: async () => {
        await inTime(this.bringInLine(), LAST_WORK_MS).catch(() => undefined);
        this.#stop.abort();
        this.#stopped.resolve();
        await this.#working;
      },
    };
  }

  /** To be called after each write to a tenant's file (core/watched-vault.ts). */
  noteWritten(tenant: TenantId): void {
    this.#mirrors.get(tenant)?.noteWritten();
    this.#wake.resolve();
  }

  /** See `PassageSearch`. Reasons: `index-unreachable`, `index-refused`, `index-behind`, `index-damaged`. */
  async search(caller: Caller, request: SearchRequest): Promise<SearchHits> {
    // Asked first: a removed person's caller finds nothing, whatever Qdrant still holds.
    this.#parts.vault.read(caller, () => undefined);
    const mirror = this.mirror(caller.tenant);
    if (!mirror.isInLine) await inTime(mirror.bringInLine(), this.#pace.settleMs);
    try {
      return await inTime(mirror.search(request), this.#pace.settleMs);
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.reason === DAMAGED) this.#tellDamage();
      this.#wake.resolve();
      throw thrown;
    }
  }

  /** The mirror of one tenant, made at its first use. Throws AppError `not-found` when there is no such tenant (any more). */
  mirror(tenant: TenantId): TenantMirror {
    const known = this.#mirrors.get(tenant);
    if (known) return known;
    const { vault, people, model, gramsOf, indexSecret } = this.#parts;
    const keys = tenantKeys(indexSecret(tenant));
    const prefix = `${this.#prefix()}${keyedHash(keys.collection, 'tenant').toString('hex', 0, 12)}_`;
    const caller = people.systemCaller(tenant);
    const mirror = new TenantMirror({
      ...{ server: this.#server, vault, caller, keys, prefix, model, gramsOf },
      signal: this.#stop.signal,
    });
    this.#mirrors.set(tenant, mirror);
    return mirror;
  }

  /**
   * Brings everything in line once: every tenant's collection, and those of tenants that are gone. Returns how many
   * points were sent and removed. Called by the worker; throws what the first failing tenant threw, after the others.
   */
  async bringInLine(): Promise<{ sent: number; removed: number }> {
    let [sent, removed] = [0, 0];
    const failures: unknown[] = [];
    const tenants = this.#tenants();
    for (const tenant of tenants) {
      if (this.#stop.signal.aborted) break;
      try {
        const report = await this.mirror(tenant).bringInLine();
        sent += report.sent;
        removed += report.removed;
      } catch (thrown) {
        // Removed between the listing and the work; or damaged, which is told elsewhere and must not hold up anybody else.
        if (errorCode(thrown) !== 'not-found' && !isDamaged(thrown)) failures.push(thrown);
      }
    }
    if (failures.length > 0) throw failures[0];
    await this.#sweep(tenants);
    return { sent, removed };
  }

  /** A tenant has a new key: its collection is made anew under it, and the one under the old key is deleted. */
  keyChanged(tenant: TenantId): void {
    this.#mirrors.delete(tenant);
    this.#swept = '';
    this.#wake.resolve();
  }

  /**
   * Deletes whatever the server holds of people who are not served any more, frozen ones among them, and makes sure of it.
   * Needs no key of theirs. Throws AppError `unavailable` when something is left.
   */
  async dropGone(): Promise<void> {
    this.#swept = '';
    await this.#sweep(this.#tenants());
    this.#swept = '';
    const kept = this.#tenants().map((tenant) => this.mirror(tenant).prefix);
    const there = await this.#server.collections(this.#prefix());
    if (there.every((name) => kept.some((prefix) => name.startsWith(prefix)))) return;
    throw new AppError('unavailable', 'Qdrant still has a collection that it was told to delete');
  }

  /** Deletes this installation's collections that belong to nobody here any more. */
  async #sweep(tenants: readonly TenantId[]): Promise<void> {
    const whose = tenants.join(' ');
    if (this.#swept === whose) return;
    const kept = tenants.map((tenant) => this.mirror(tenant).prefix);
    for (const name of await this.#server.collections(this.#prefix())) {
      if (!kept.some((prefix) => name.startsWith(prefix))) await this.#server.drop(name);
    }
    for (const tenant of this.#mirrors.keys()) if (!tenants.includes(tenant)) this.#mirrors.delete(tenant);
    this.#swept = whose;
  }

  #tenants(): TenantId[] {
    // What is lent is looked up in the shelf's file: a few passages, for as long as the share stands.
    return this.#parts.people.tenants().flatMap(({ tenant, kind }) => (kind === 'shelf' ? [] : [tenant]));
  }

  /** Start of the names of all collections of this installation. Random: it says nothing, and keeps two installations on one server apart. */
  #prefix(): string {
    const { facts } = this.#parts;
    let installation = facts.get(INSTALLATION);
    if (installation === undefined) {
      installation = randomBytes(6).toString('hex');
      facts.set(INSTALLATION, installation);
    }
    return `kk_${installation}_`;
  }

  async #work(): Promise<void> {
    let failures = 0;
    while (!this.#stop.signal.aborted) {
      try {
        await this.bringInLine();
        if (failures >= ALERT_AFTER) this.#parts.alerts.clear(ALERT);
        failures = 0;
        if (this.#isDamaged) this.#parts.alerts.clear(DAMAGED);
        this.#isDamaged = false;
        await Promise.race([this.#wake.promise, this.#stopped.promise]);
        this.#wake = Promise.withResolvers();
      } catch (thrown) {
        if (this.#stop.signal.aborted) return;
        failures += 1;
        this.#tell(thrown, failures);
        await this.#rest(Math.min(this.#pace.firstRestMs * 2 ** (failures - 1), this.#pace.longestRestMs));
      }
    }
  }

  /** Nobody can change a sealed passage by mistake: the admins hear of the first one. Over when all is sent again. */
  #tellDamage(): void {
    this.#isDamaged = true;
    this.#parts.log?.warn({ reason: DAMAGED }, 'a passage in Qdrant is not as it was sealed');
    this.#parts.alerts.raise({ code: DAMAGED, severity: 'warning', key: DAMAGED });
  }

  #tell(thrown: unknown, failures: number): void {
    const reason = thrown instanceof AppError ? (thrown.reason ?? thrown.code) : 'internal';
    this.#parts.log?.warn({ reason, failures }, 'the index in Qdrant could not be brought in line');
    if (failures >= ALERT_AFTER)
      this.#parts.alerts.raise({ code: ALERT, severity: 'warning', key: ALERT, facts: { failures } });
  }

  #rest(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
  }
}

/** The work goes on when the time is over; only who waits for it does not. Throws AppError `unavailable` (`index-behind`) then. */
async function inTime<T>(work: Promise<T>, ms: number): Promise<T> {
  const over = new AbortController();
  const late = sleep(ms, undefined, { signal: over.signal, ref: false }).then(() => {
    throw new AppError('unavailable', 'Qdrant takes too long', { reason: 'index-behind' });
  });
  // Who wins the race leaves the other without anybody who hears of its failure.
  late.catch(() => undefined);
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}
