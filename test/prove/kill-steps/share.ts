import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { PersonId, TenantId } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { AppError } from '../../../core/errors.ts';
import { lendDocument } from '../../../core/lend-document.ts';
import { sweepShares } from '../../../core/shelf-keeping-vault.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { gramsOf, sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { NOW, openTestState } from '../../core/sqlite/temporary-state.ts';
import { openedControl } from './opened-control.ts';
import type { KillScenario } from './scenario.ts';

const ADA = '@ada:home.test' as PersonId;
const BEN = '@ben:home.test' as PersonId;
const HOUR = 3_600_000;
const PASSAGES = 30;

/** One change to a share: whether it is lent before, what happens, and at what time. */
interface Change {
  readonly isLentBefore: boolean;
  readonly at: number;
  act(state: OpenState): void;
}

const CHANGES = {
  'share-lend': { isLentBefore: false, at: NOW, act: lend },
  'share-take-back': {
    isLentBefore: true,
    at: NOW,
    act: ({ control, shares }) => {
      const ada = control.people.callerFor(ADA)!;
      for (const { number } of shares.of(ada)) shares.end(ada, number);
    },
  },
  'share-end-by-date': { isLentBefore: true, at: NOW + 2 * HOUR, act: sweep },
  'share-forget': {
    isLentBefore: true,
    at: NOW,
    act: ({ control, vault }) => void vault.write(control.people.callerFor(ADA)!, (writer) => writer.forgetDocument(1)),
  },
} as const satisfies Record<string, Change>;

/** A document is lent, taken back, over by its date, or forgotten by its owner: it is lent wholly or not at all. */
export function sharing(name: keyof typeof CHANGES): KillScenario {
  const change: Change = CHANGES[name];
  const open = (folder: string) => openTestState(folder, { clock: () => change.at });
  return {
    name,
    async setUp(folder) {
      using state = await openTestState(folder);
      state.control.people.seed([ADA, BEN].map((id) => ({ id, role: 'member' as const, language: 'en' as const })));
      const passages = Array.from({ length: PASSAGES }, (_, at) => samplePassage(at, `a garden wall number${at}`));
      state.vault.write(state.control.people.callerFor(ADA)!, (writer) => {
        for (const source of ['$lent', '$own']) writer.addDocument(sampleDocument(source), passages);
      });
      if (change.isLentBefore) lend(state);
    },
    async act(folder) {
      using state = await open(folder);
      change.act(state);
    },
    async check(folder) {
      const before = await lookInside(folder);
      let isThere: boolean;
      {
        using state = await open(folder);
        expectWholeShares(state);
        isThere = documentsOf(state).includes('$lent');
        // What the bot does at its start, before it answers anybody.
        sweep(state);
        expectWholeShares(state);
        if (!documentsOf(state).includes('$own')) throw new Error('the other document is gone');
      }
      const after = await lookInside(folder);
      if (after.unfinished > 0) throw new Error(`${after.unfinished} shares are left half way`);
      if (!isThere && after.open > 0) throw new Error('lent, although its owner forgot it');
      if (name === 'share-forget') return isThere ? 'old' : 'new';
      if (name === 'share-end-by-date' && after.open > 0) throw new Error('lent beyond its date');
      return before.open > 0 === change.isLentBefore ? 'old' : 'new';
    },
  };
}

function lend({ control, vault, shares }: OpenState): void {
  const lending = { document: 1, reader: BEN, until: NOW + HOUR };
  const wordsOf = (_: unknown, { text }: { text: string }) => ({
    ...{ grams: gramsOf(text).join(' '), pieces: Uint32Array.of(1) },
  });
  lendDocument({ vault, shares, wordsOf, isNote: () => false }, control.people.callerFor(ADA)!, lending);
}

function sweep({ vault, shares, control }: OpenState): void {
  sweepShares({ vault, shares, people: control.people });
}

function documentsOf({ control, vault }: OpenState): string[] {
  const documents = vault.read(control.people.callerFor(ADA)!, (reader) => reader.documents());
  for (const { source, passages } of documents)
    if (passages !== PASSAGES) throw new Error(`${source} has ${passages} passages`);
  return documents.map(({ source }) => source);
}

/** Whatever the two can see of a share is all of it, and nothing else of its owner. */
function expectWholeShares({ control, vault, shares }: OpenState): void {
  for (const person of [ADA, BEN]) {
    for (const { shelf } of shares.of(control.people.callerFor(person)!)) {
      const seen = vault.read(shelf, (reader) => ({
        documents: reader.documents().length,
        found: reader.passages(reader.lexical(['garden'], 1000).map(({ passage }) => passage)).length,
      }));
      if (seen.documents !== 1 || seen.found !== PASSAGES) throw new Error(`lent in part: ${JSON.stringify(seen)}`);
    }
  }
}

/** Counts open and unfinished shares in the files; throws where row, key and file of a shelf don't belong together. */
async function lookInside(folder: string): Promise<{ open: number; unfinished: number }> {
  const { db, keys } = await openedControl(folder);
  try {
    const states = new Map(db.prepare('SELECT shelf, state FROM shares').raw().all() as [TenantId, string][]);
    const shelves = db.prepare("SELECT id FROM tenants WHERE kind = 'shelf'").pluck().all() as TenantId[];
    if (shelves.toSorted().join() !== [...states.keys()].toSorted().join())
      throw new Error(`${shelves.length} keys of shelves for ${states.size} shares`);
    const owner = db.prepare('SELECT tenant FROM people WHERE id = ?').pluck().get(ADA) as TenantId;
    const files = readdirSync(join(folder, 'tenants')).filter((file) => file.endsWith('.db'));
    for (const shelf of shelves) if (files.includes(`${shelf}.db`)) expectOwnKey(folder, shelf, keys.key(owner));
    const people = db.prepare("SELECT id FROM tenants WHERE kind = 'person'").pluck().all() as TenantId[];
    const orphans = files.filter((file) => ![...shelves, ...people].includes(file.slice(0, -3) as TenantId));
    const open = [...states.values()].filter((state) => state === 'open').length;
    return { open, unfinished: states.size - open + orphans.length };
  } finally {
    db.close();
  }
}

/** The owner's key opens nothing of a shelf. */
function expectOwnKey(folder: string, shelf: TenantId, ownersKey: Uint8Array): void {
  try {
    openEncrypted(join(folder, 'tenants', `${shelf}.db`), ownersKey, { mustExist: true }).close();
  } catch (thrown) {
    // An empty one is the file of a shelf whose process was killed before the first page.
    if (thrown instanceof AppError && ['store-unreadable', 'store-missing'].includes(thrown.reason ?? '')) return;
    throw thrown;
  }
  throw new Error("the owner's key opens the shelf");
}
