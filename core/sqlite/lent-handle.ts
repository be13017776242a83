import { AppError } from '../errors.ts';
import type { PieceLists, TenantReader, TenantWriter } from '../tenant.ts';
import { sqliteFault } from './sqlite-fault.ts';
import type { TenantStore } from './tenant-store.ts';

const READING = [
  'lexical',
  'gramCounts',
  'dense',
  'documents',
  'document',
  'documentBySource',
  'documentByDigest',
  'replacedDocuments',
  'sourcesOf',
  'passagesOf',
  'wasForgotten',
  'passages',
  'passageCount',
  'textBytes',
  'newestPassage',
  'newestDocument',
  'turns',
  'turnOf',
  'memorySize',
  'turnsBefore',
  'forgettings',
  'badAnswers',
  'roomOf',
  'senderOf',
  'sentBy',
  'embeddingDepth',
  'documentDepth',
  'embeddingModels',
  'passagesToEmbed',
  'passageMarks',
  'vectors',
  'setting',
  'records',
] as const satisfies readonly (keyof TenantReader)[];

const WRITING = [
  'addDocument',
  'copyDocument',
  'stageDocument',
  'dropStaged',
  'addSource',
  'addNote',
  'replaceDocument',
  'restoreDocument',
  'forgetDocument',
  'forgetSource',
  'addTurn',
  'forgetTurns',
  'forgetTurnOf',
  'forgetTurnsOf',
  'forgetTurnsBefore',
  'addBadAnswer',
  'forgetBadAnswer',
  'forgetBadAnswers',
  'noteRoom',
  'forgetSender',
  'putVectors',
  'dropVectors',
  'setSetting',
] as const satisfies readonly (keyof TenantWriter)[];

/** A right over an opened tenant file that ends: after `end` every call, also one kept aside, throws AppError `internal`. */
export interface Lent<T> {
  readonly handle: T;
  end(): void;
}

/** Lends reading only: the handle has no writing methods at all. Used by the vault. */
export function lendReader(store: TenantStore): Lent<TenantReader> {
  return lend(store, READING) as Lent<TenantReader>;
}

/** Lends reading and writing. Used by the vault. */
export function lendWriter(store: TenantStore): Lent<TenantWriter> {
  return lend(store, [...READING, ...WRITING]) as Lent<TenantWriter>;
}

type Method = (this: TenantStore, ...values: unknown[]) => unknown;

function lend(store: TenantStore, methods: readonly (keyof TenantWriter)[]): Lent<unknown> {
  let live = true;
  const check = () => {
    if (!live) throw new AppError('internal', 'a tenant handle was used after its callback had ended');
  };
  const handle: Record<string, unknown> = { tenant: store.tenant, pieceLists: () => pieceLists(store, check) };
  for (const name of methods) {
    const method = store[name] as Method;
    handle[name] = (...values: unknown[]) => {
      check();
      return naming(store, () => method.apply(store, values));
    };
  }
  const end = () => {
    live = false;
  };
  return { handle: Object.freeze(handle), end };
}

// Several tenants may be open at once, one callback inside of another: only here it is known whose file has failed.
function naming<T>(store: TenantStore, use: () => T): T {
  try {
    return use();
  } catch (thrown) {
    throw sqliteFault(thrown, `${store.tenant}.db`);
  }
}

// May be taken along and read later: every step asks again.
function pieceLists(store: TenantStore, check: () => void): PieceLists {
  check();
  const lists = naming(store, () => store.pieceLists());
  const byPiece = () => {
    check();
    const { vocabulary, blocks } = naming(store, () => lists.byPiece());
    return { vocabulary, blocks: checked(store, blocks, check) };
  };
  return { byPiece, [Symbol.iterator]: () => checked(store, lists, check) };
}

function* checked<T>(store: TenantStore, items: Iterable<T>, check: () => void): Generator<T> {
  check();
  const steps = items[Symbol.iterator]();
  try {
    for (let next = naming(store, () => steps.next()); !next.done; next = naming(store, () => steps.next())) {
      yield next.value;
      check();
    }
  } finally {
    steps.return?.();
  }
}
