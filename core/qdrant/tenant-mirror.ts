import { setImmediate } from 'node:timers/promises';
import type { Caller } from '../caller.ts';
import type { Passage } from '../document.ts';
import { AppError } from '../errors.ts';
import type { SearchHits, SearchRequest } from '../passage-search.ts';
import type { SignalHit, Vault } from '../tenant.ts';
import { Collection, type ScoredPoint } from './collection.ts';
import { KeyedWords } from './keyed-words.ts';
import { makePoint, openPoint, type PointPlan, planPoint } from './point.ts';
import type { QdrantServer } from './qdrant-server.ts';
import { Rotation } from './rotation.ts';
import { keyedHash, type TenantKeys } from './tenant-keys.ts';

/** Points per request: few enough for Qdrant's 32 MB. */
const BATCH = 64;
/** Points planned before others get their turn. */
const PLANS_AT_ONCE = 500;

/** What the mirror of one tenant is made from. */
export interface MirrorParts {
  readonly server: QdrantServer;
  readonly vault: Vault;
  readonly caller: Caller;
  readonly keys: TenantKeys;
  /** Start of the names of this tenant's collections. */
  readonly prefix: string;
  /** The embedding model in use; undefined when there is none. */
  readonly model: string | undefined;
  readonly gramsOf: (text: string) => readonly string[];
  /** Ends a pass between two batches; the next start goes on. */
  readonly signal: AbortSignal;
}

/** What bringing in line did. */
export interface MirrorReport {
  readonly sent: number;
  readonly removed: number;
}

/**
 * Keeps the collection of one tenant in line with the tenant's file, which is the truth: sends what is missing or made
 * differently, deletes what the file does not know. Every step may be repeated; a crash at any point leaves something that
 * the next pass puts right.
 */
export class TenantMirror {
  readonly #parts: MirrorParts;
  readonly #words: KeyedWords;
  #rotation: Rotation | undefined;
  #collection: Collection | undefined;
  /** Plans of the last pass, by passage. */
  #planned: ReadonlyMap<number, PointPlan> = new Map();
  /** Id and mark of what Qdrant surely holds; undefined: it has to be asked. */
  #held: Map<string, string> | undefined;
  #inLine = false;
  /** What the file held at the end of the last whole pass. */
  #signature: string | undefined;
  /** Collections of earlier models may be there. */
  #hasOlder = true;
  #running: Promise<MirrorReport> | undefined;

  constructor(parts: MirrorParts) {
    this.#parts = parts;
    this.#words = new KeyedWords(parts.keys.words);
  }

  /** Start of the names of this tenant’s collections. */
  get prefix(): string {
    return this.#parts.prefix;
  }

  /** True when the last pass is over and nothing was written since it began. */
  get isInLine(): boolean {
    return this.#inLine && !this.#running;
  }

  /** To be called after each write to the tenant's file. */
  noteWritten(): void {
    this.#inLine = false;
  }

  /** Brings Qdrant in line with the file as it is now. Calls at once share one pass, and wait for what it has not seen. */
  async bringInLine(): Promise<MirrorReport> {
    while (this.#running) await this.#running.catch(() => undefined);
    if (this.#inLine) return { sent: 0, removed: 0 };
    this.#running = this.#pass();
    try {
      return await this.#running;
    } catch (thrown) {
      // What of it arrived is not known any more.
      this.doubt();
      throw thrown;
    } finally {
      this.#running = undefined;
    }
  }

  /** Searches what Qdrant holds. To be called in line. Throws AppError `unavailable` when what it gives back was changed. */
  async search({ grams, dense, limit }: SearchRequest): Promise<SearchHits> {
    const { model } = this.#parts;
    const usable = dense && dense.model === model && this.#rotation?.dimensions === dense.vector.length;
    const words = this.#words.ofQuestion(grams);
    const turned = usable ? this.#rotation!.turn(dense.vector) : undefined;
    const found = await this.#collection!.search({ words, dense: turned, limit }).catch((thrown: unknown) => {
      this.doubt();
      throw thrown;
    });
    const passages = new Map<string, Passage>();
    for (const point of [...found.words, ...found.dense]) {
      if (!passages.has(String(point.id))) passages.set(String(point.id), this.#opened(point));
    }
    const hits = (points: readonly ScoredPoint[]): SignalHit[] =>
      points.map(({ id, score }) => ({ passage: passages.get(String(id))!.id, score }));
    return { lexical: hits(found.words), dense: hits(found.dense), passages: [...passages.values()] };
  }

  /** The collection in use; undefined before the first pass. For snapshots. */
  get collection(): string | undefined {
    return this.#collection?.name;
  }

  /** Takes nothing for granted any more: the next pass asks Qdrant what it holds. */
  doubt(): void {
    this.#held = undefined;
    this.#signature = undefined;
    this.#inLine = false;
  }

  #opened(point: ScoredPoint): Passage {
    const { keys, caller } = this.#parts;
    try {
      return openPoint(keys, caller.tenant, point);
    } catch (cause) {
      // Its mark may be as it should: only sending everything again surely mends it.
      this.#held = new Map([...(this.#held ?? [])].map(([id]) => [id, '']));
      this.#signature = undefined;
      this.#inLine = false;
      throw new AppError('unavailable', 'Qdrant gave back a passage that was changed', {
        reason: 'index-damaged',
        hint: 'It is sent again from the sealed file. Look who else can write to the Qdrant server.',
        facts: { point: String(point.id) },
        cause,
      });
    }
  }

  async #pass(): Promise<MirrorReport> {
    // First, so that a write that comes meanwhile is seen by the next pass.
    this.#inLine = true;
    const signature = this.#readSignature();
    if (this.#held && this.#signature === signature) return { sent: 0, removed: 0 };
    const plans = await this.#plans();
    await this.#open(plans);
    const held = this.#held!;
    const wanted = new Set(plans.map(({ id }) => id));
    const orphans = [...held.keys()].filter((id) => !wanted.has(id));
    if (orphans.length > 0) await this.#collection!.delete(orphans);
    for (const id of orphans) held.delete(id);
    const missing = plans.filter(({ id, mark }) => held.get(id) !== mark);
    let sent = 0;
    for (let at = 0; at < missing.length; at += BATCH) {
      this.#parts.signal.throwIfAborted();
      sent += await this.#send(missing.slice(at, at + BATCH), held);
    }
    await this.#dropOlder();
    this.#signature = signature;
    return { sent, removed: orphans.length };
  }

  /** Differs as soon as passages or vectors came or went: what comes has a new id, what goes is counted. Most writes are chat memory. */
  #readSignature(): string {
    const { vault, caller, model } = this.#parts;
    return vault.read(caller, (reader) => {
      const { embedded, passages } = reader.embeddingDepth(model ?? '');
      return `${embedded}/${passages}/${reader.newestPassage()}`;
    });
  }

  /** Keyed hashes are made once per passage, and never so many at once that other people's questions wait for them. */
  async #plans(): Promise<PointPlan[]> {
    const { vault, caller, model, keys } = this.#parts;
    const marks = vault.read(caller, (reader) => reader.passageMarks(model));
    const plans = new Map<number, PointPlan>();
    let made = 0;
    for (const mark of marks) {
      const known = this.#planned.get(mark.passage);
      const isSame = known?.isEmbedded === mark.isEmbedded;
      plans.set(mark.passage, isSame ? known : planPoint(keys, mark));
      if (!isSame && ++made % PLANS_AT_ONCE === 0) await setImmediate();
    }
    this.#planned = plans;
    return [...plans.values()];
  }

  /** Chooses the collection that fits the model, makes it where it is missing, and asks what it holds. */
  async #open(plans: readonly PointPlan[]): Promise<void> {
    const { server, keys, prefix, model } = this.#parts;
    const dimensions = this.#dimensions(plans);
    const generation = dimensions === undefined ? 'words' : `${model} ${dimensions}`;
    const name = `${prefix}${keyedHash(keys.collection, generation).toString('hex', 0, 6)}`;
    if (this.#collection?.name !== name) {
      this.#collection = new Collection(server, name);
      this.#rotation = dimensions === undefined ? undefined : new Rotation(keys.rotation, model!, dimensions);
      this.#held = undefined;
      this.#hasOlder = true;
    }
    if (this.#held) return;
    await this.#collection.ensure(dimensions);
    this.#held = await this.#collection.marks();
    if (!this.#held) throw new AppError('unavailable', 'Qdrant has no collection that it just made');
  }

  #dimensions(plans: readonly PointPlan[]): number | undefined {
    const { vault, caller, model } = this.#parts;
    const embedded = plans.find(({ isEmbedded }) => isEmbedded);
    if (!embedded || model === undefined) return undefined;
    return vault.read(caller, (reader) => reader.vectors(model, [embedded.passage]))[0]?.vector.length;
  }

  async #send(plans: readonly PointPlan[], held: Map<string, string>): Promise<number> {
    const { vault, caller, model, keys, gramsOf } = this.#parts;
    const ids = plans.map(({ passage }) => passage);
    const { passages, vectors } = vault.read(caller, (reader) => ({
      passages: new Map(reader.passages(ids).map((passage) => [passage.id, passage])),
      vectors: new Map((model ? reader.vectors(model, ids) : []).map(({ passage, vector }) => [passage, vector])),
    }));
    // What is not there any more was forgotten since; the next pass sees that.
    const there = plans.filter(({ passage }) => passages.has(passage));
    const points = there.map((plan) => {
      const passage = passages.get(plan.passage)!;
      const vector = plan.isEmbedded ? vectors.get(plan.passage) : undefined;
      return makePoint(keys, plan, {
        tenant: caller.tenant,
        passage,
        words: this.#words.ofPassage(gramsOf(`${passage.documentName}\n${passage.heading}\n${passage.text}`)),
        dense: vector && this.#rotation?.turn(vector),
      });
    });
    if (points.length > 0) await this.#collection!.put(points);
    for (const { id, mark } of there) held.set(id, mark);
    return points.length;
  }

  /** Collections of earlier models. They go last, when the one that takes their place is whole. */
  async #dropOlder(): Promise<void> {
    if (!this.#hasOlder) return;
    const { server, prefix } = this.#parts;
    for (const name of await server.collections(prefix)) if (name !== this.collection) await server.drop(name);
    this.#hasOlder = false;
  }
}
