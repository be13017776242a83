import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { queryGrams } from '../../../core/ask/grams.ts';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import type { QdrantIndex } from '../../../core/qdrant/qdrant-index.ts';
import { qdrantIndex } from '../../core/qdrant/qdrant-bench.ts';
import { openTestState } from '../../core/sqlite/temporary-state.ts';
import { type FakeDisk, startFakeQdrant } from '../../lab/qdrant/fake-qdrant.ts';
import { PointStore } from '../../lab/qdrant/point-store.ts';
import { keepPapers, PEOPLE } from '../kill-steps/sample-household.ts';
import { changeSealed } from './sealed-bytes.ts';
import type { TamperTarget } from './target.ts';

const API_KEY = 'k'.repeat(48);
/** The field of a point that holds the sealed passage. */
const SEALED = 's';

type Points = ConstructorParameters<typeof PointStore>[1] & {};
type Stored = [collection: string, config: PointStore['config'], points: Points][];

/**
 * Passages sealed under their tenant's key in an index elsewhere, changed by whoever holds that server: bits, ends cut off,
 * and passages put in the place of others, of the same person and of somebody else. Whoever asks has to hear nothing of it,
 * and the next question finds the index mended from the file.
 */
export const sealedPassage: TamperTarget = {
  name: 'sealed passage',
  async setUp(folder) {
    await keepPapers(folder, { papers: 2, passages: 5 });
    using state = await openTestState(folder);
    const disk: FakeDisk = new Map();
    await withIndex(state, disk, (search) => search.bringInLine());
    const stored: Stored = [...disk].map(([name, { store }]) => [name, store.config, [...store.points.values()]]);
    writeFileSync(onDisk(folder), JSON.stringify(stored));
  },
  tamper(folder, random) {
    const stored = JSON.parse(readFileSync(onDisk(folder), 'utf8')) as Stored;
    const all = stored.flatMap(([, , points]) => points);
    const point = all[Math.floor(random() * all.length)]!;
    const bytesOf = ({ payload }: Points[number]) => Buffer.from(String(payload[SEALED]), 'base64');
    const others = all.filter((one) => one !== point).map(bytesOf);
    const { what, bytes } = changeSealed({ bytes: bytesOf(point), others }, random);
    point.payload[SEALED] = Buffer.from(bytes).toString('base64');
    writeFileSync(onDisk(folder), JSON.stringify(stored));
    return { what: `point ${point.id}: ${what}`, named: String(point.id) };
  },
  async read(folder) {
    using state = await openTestState(folder, { create: false });
    const stored = JSON.parse(readFileSync(onDisk(folder), 'utf8')) as Stored;
    const disk: FakeDisk = new Map(
      stored.map(([name, config, points]) => [name, { store: new PointStore(config, points), snapshots: new Map() }]),
    );
    const callers = PEOPLE.map((id) => state.control.people.callerFor(id)!);
    return await withIndex(state, disk, async (search) => {
      try {
        const seen = await readAll(search, callers);
        if (seen !== truthOf(state, callers)) throw new Error('the index hands out other passages than the files');
        return seen;
      } catch (thrown) {
        const mended = await readAll(search, callers);
        if (mended !== truthOf(state, callers)) throw new Error('not mended by the next question');
        throw thrown;
      }
    });
  },
  reasons: ['index-damaged'],
};

const onDisk = (folder: string) => join(folder, 'points.json');

async function withIndex<T>(state: OpenState, disk: FakeDisk, use: (search: QdrantIndex) => Promise<T>): Promise<T> {
  await using server = await startFakeQdrant(API_KEY, disk);
  const { search } = qdrantIndex(state, { url: server.url, apiKey: API_KEY }, { worker: false });
  return await use(search);
}

/** Every passage of everybody, as the index hands it out. */
async function readAll(search: QdrantIndex, callers: readonly Caller[]): Promise<string> {
  const found = [];
  for (const caller of callers) {
    const { passages } = await search.search(caller, { grams: queryGrams('garden'), limit: 1000 });
    found.push(passages.toSorted((one, other) => one.id - other.id));
  }
  return JSON.stringify(found);
}

/** The same out of the files. */
function truthOf({ vault }: OpenState, callers: readonly Caller[]): string {
  const all = callers.map((caller) =>
    vault.read(caller, (reader) =>
      reader
        .passages(reader.documents().flatMap(({ number }) => reader.passagesOf(number).map(({ id }) => id)))
        .toSorted((one, other) => one.id - other.id),
    ),
  );
  return JSON.stringify(all);
}
