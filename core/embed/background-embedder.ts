import { setTimeout as sleep } from 'node:timers/promises';
import type { AlertLog } from '../alert.ts';
import type { Caller } from '../caller.ts';
import type { DocumentInfo, Passage } from '../document.ts';
import { errorCode } from '../errors.ts';
import type { People } from '../people.ts';
import type { Embedder } from '../question.ts';
import type { EmbeddingDepth, Vault } from '../tenant.ts';

/** What background embedding works with. `isBusy` is asked before each text: while it says true (a question is being answered) nothing is embedded. */
export interface BackgroundEmbedderParts {
  readonly people: People;
  readonly alerts: AlertLog;
  readonly vault: Vault;
  readonly embedder: Embedder;
  readonly isBusy?: () => boolean;
  /**
   * Called when the last passage of a document has its vector, after it was stored. A kill in that very moment loses the
   * call; whoever must not miss it compares with `TenantReader.documentDepth`. Called again when a new model has done it.
   */
  readonly onDocumentDeep?: (caller: Caller, document: DocumentInfo) => void;
  readonly log?: { warn(facts: object, message: string): void };
  readonly pace?: Partial<Pace>;
}

/** Times in milliseconds: between looks at a busy bot, between looks for new passages, and the first and longest rest after a failure. */
export interface Pace {
  readonly busyMs: number;
  readonly idleMs: number;
  readonly firstRestMs: number;
  readonly longestRestMs: number;
}

const PACE: Pace = { busyMs: 200, idleMs: 30_000, firstRestMs: 2_000, longestRestMs: 10 * 60_000 };
/** Passages per transaction: few enough that a stop loses little, many enough that writing costs nothing beside embedding. */
const BATCH = 16;
/** Vectors of a model that is no longer used, removed at a time. */
const DROP = 100;
/** After so many failures in a row people who look after the machine hear of it. */
const ALERT_AFTER = 3;
/** A text that alone fails so often is left out until the next start; the others must not wait for it. */
const GIVE_UP_AFTER = 3;
const ALERT = 'embedder-failing';

/**
 * Gives every stored passage its dense vector, tenant by tenant, in turns of a few passages. What is left to do stands in
 * the stores, so a stop or a kill at any point loses at most one batch of work. Vectors of another model than this one stay
 * until this one has embedded everything of the tenant, then they are removed. Started by the bot and the console.
 */
export class BackgroundEmbedder {
  readonly #parts: BackgroundEmbedderParts;
  readonly #pace: Pace;
  readonly #stop = new AbortController();
  readonly #failures = new Map<string, number>();
  #wake = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;

  constructor(parts: BackgroundEmbedderParts) {
    this.#parts = parts;
    this.#pace = { ...PACE, ...parts.pace };
  }

  /** Starts working; the handle stops it. Starting twice is one work. */
  start(): AsyncDisposable {
    this.#running ??= this.#work();
    return { [Symbol.asyncDispose]: () => this.stop() };
  }

  /** Ends after the text in hand; what was embedded is stored. Does not close the embedder. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  /** Looks for new passages now rather than within half a minute; called after a document was stored. */
  wake(): void {
    this.#wake.resolve();
  }

  /** How many passages of all tenants are embedded, and how many there are. Opens every tenant: for status, not for every message. */
  depth(): EmbeddingDepth {
    const depths = this.#callers().map((caller) =>
      this.#parts.vault.read(caller, (reader) => reader.embeddingDepth(this.#parts.embedder.model)),
    );
    return depths.reduce(
      (sum, depth) => ({ embedded: sum.embedded + depth.embedded, passages: sum.passages + depth.passages }),
      { embedded: 0, passages: 0 },
    );
  }

  async #work(): Promise<void> {
    let failures = 0;
    let mayBeOpen = true;
    while (!this.#stop.signal.aborted) {
      const { done, failed } = await this.#round();
      if (done > 0 && mayBeOpen) {
        this.#parts.alerts.clear(ALERT);
        mayBeOpen = false;
      }
      failures = failed > 0 && done === 0 ? failures + 1 : 0;
      if (failures >= ALERT_AFTER) {
        this.#parts.alerts.raise({ code: ALERT, severity: 'warning', key: ALERT, facts: { failures } });
        mayBeOpen = true;
      }
      if (failures > 0)
        await this.#rest(Math.min(this.#pace.firstRestMs * 2 ** (failures - 1), this.#pace.longestRestMs));
      else if (done === 0) await this.#rest(this.#pace.idleMs);
    }
  }

  /** One batch for each tenant that has passages waiting. A tenant that cannot be worked on does not stop the others. */
  async #round(): Promise<{ done: number; failed: number }> {
    let [done, failed] = [0, 0];
    for (const caller of this.#callers()) {
      if (this.#stop.signal.aborted) break;
      try {
        const batch = await this.#batch(caller);
        done += batch.done;
        failed += batch.failed;
      } catch (thrown) {
        failed += 1;
        this.#parts.log?.warn({ code: errorCode(thrown) }, 'background embedding of a tenant failed');
      }
    }
    return { done, failed };
  }

  async #batch(caller: Caller): Promise<{ done: number; failed: number }> {
    const { vault, embedder } = this.#parts;
    const vectors: { passage: number; vector: Float32Array }[] = [];
    const failed: Passage[] = [];
    const waiting = this.#waiting(caller);
    if (waiting.length === 0) return { done: this.#dropOthers(caller), failed: 0 };
    for (const passage of waiting) {
      await this.#whileBusy();
      if (this.#stop.signal.aborted) break;
      try {
        vectors.push({
          passage: passage.id,
          vector: await embedder.embedPassage(textToEmbed(passage), this.#stop.signal),
        });
      } catch (thrown) {
        if (this.#stop.signal.aborted) break;
        failed.push(passage);
        this.#parts.log?.warn({ code: errorCode(thrown) }, 'a passage was not embedded');
      }
      // When the embedder itself is down, trying the rest of the batch only takes time.
      if (failed.length >= 2 && vectors.length === 0) break;
    }
    if (vectors.length > 0) {
      vault.write(caller, (writer) => writer.putVectors(embedder.model, vectors));
      // While others succeed, the embedder works, and it is the text that it stumbles over.
      for (const { id } of failed) this.#count(caller, id);
      this.#tellDeep(
        caller,
        waiting.filter(({ id }) => vectors.some(({ passage }) => passage === id)),
      );
    }
    return { done: vectors.length, failed: failed.length };
  }

  /** Names the documents of which a batch has just embedded the last passage. */
  #tellDeep(caller: Caller, embedded: readonly Passage[]): void {
    const { vault, embedder, onDocumentDeep } = this.#parts;
    if (!onDocumentDeep) return;
    const numbers = new Set(embedded.map(({ document }) => document));
    const deep = vault.read(caller, (reader) =>
      [...numbers].map((number) => {
        const { embedded: done, passages } = reader.documentDepth(embedder.model, number);
        return done === passages ? reader.document(number) : undefined;
      }),
    );
    for (const document of deep) if (document) onDocumentDeep(caller, document);
  }

  /** Removes some of what other models have left, once this one has come to its end. Returns how many vectors went. */
  #dropOthers(caller: Caller): number {
    const { vault, embedder } = this.#parts;
    const other = vault.read(caller, (reader) =>
      reader.embeddingDepth(embedder.model).embedded > 0
        ? reader.embeddingModels().find((name) => name !== embedder.model)
        : undefined,
    );
    return other === undefined ? 0 : vault.write(caller, (writer) => writer.dropVectors(other, DROP));
  }

  /** The next passages without a vector, those left out that failed again and again. */
  #waiting(caller: Caller): Passage[] {
    const { vault, embedder } = this.#parts;
    const hopeless = [...this.#failures.values()].filter((count) => count >= GIVE_UP_AFTER).length;
    return vault
      .read(caller, (reader) => reader.passagesToEmbed(embedder.model, BATCH + hopeless))
      .filter(({ id }) => (this.#failures.get(`${caller.tenant} ${id}`) ?? 0) < GIVE_UP_AFTER)
      .slice(0, BATCH);
  }

  #count(caller: Caller, passage: number): void {
    const key = `${caller.tenant} ${passage}`;
    this.#failures.set(key, (this.#failures.get(key) ?? 0) + 1);
  }

  #callers(): Caller[] {
    const { people } = this.#parts;
    return people.tenants().map(({ tenant }) => people.systemCaller(tenant));
  }

  async #whileBusy(): Promise<void> {
    while (this.#parts.isBusy?.() && !this.#stop.signal.aborted) await this.#sleep(this.#pace.busyMs);
  }

  /** Sleeps until the time is over, somebody wakes, or the work stops. */
  async #rest(ms: number): Promise<void> {
    await Promise.race([this.#sleep(ms), this.#wake.promise]);
    this.#wake = Promise.withResolvers();
  }

  #sleep(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stop.signal, ref: false }).catch(() => undefined);
  }
}

/** File name and headings belong to a passage's meaning: "the hall" is found in the thermostat's manual. */
export function textToEmbed({
  documentName,
  heading,
  text,
}: Pick<Passage, 'documentName' | 'heading' | 'text'>): string {
  return [documentName, heading, text].filter((part) => part !== '').join('\n');
}
