import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type Database from 'better-sqlite3';
import * as sqliteVec from 'sqlite-vec';
import type { Caller } from '../../../core/caller.ts';
import { systemClock } from '../../../core/clock.ts';
import type { OpenState } from '../../../core/control.ts';
import { openEncrypted } from '../../../core/sqlite/open-encrypted.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import { TENANT_MIGRATIONS } from '../../../core/sqlite/tenant-migrations.ts';
import { seeded } from '../../core/sqlite/sample-documents.ts';
import { plainWords, type Samples } from './sample-passages.ts';

/** Raised whenever what is built changes, so that an older one is not taken for it; the schema counts by itself. */
const VERSION = `4.${TENANT_MIGRATIONS.length}`;
const DOCUMENT_PASSAGES = 250;
const PERSON = '@bench:home.test';
const RAW_KEY = new Uint8Array(32).fill(7);
export const DIMENSIONS = 384;
export const MODEL = 'random unit vectors';

/** The same passages in the product's store and in plain tables, opened. */
export interface BenchStores extends Disposable {
  readonly state: OpenState;
  readonly caller: Caller;
  readonly raw: Database.Database;
}

/** Opens the stores of a size, building them first when they are not there. Says on the console when it builds. */
export async function openBenchStores(folder: string, size: number, samples: Samples): Promise<BenchStores> {
  const place = join(folder, `${samples.origin.replace(' ', '-')}-${size}-v${VERSION}`);
  const done = join(place, 'done');
  if (!existsSync(done)) rmSync(place, { recursive: true, force: true });
  mkdirSync(place, { recursive: true });
  const state = await openState({
    stateDir: join(place, 'state'),
    passphrase: 'bench bench bench',
    create: true,
    clock: systemClock,
  });
  const raw = openEncrypted(join(place, 'raw.db'), RAW_KEY);
  sqliteVec.load(raw);
  if (!existsSync(done)) {
    const started = performance.now();
    state.control.people.add({ id: PERSON, role: 'member', language: 'en' });
    build({ state, caller: state.control.people.callerFor(PERSON)!, raw }, size, samples);
    writeFileSync(done, '');
    console.log(`built ${size} passages in ${((performance.now() - started) / 1000).toFixed(0)} s`);
  }
  return {
    state,
    caller: state.control.people.callerFor(PERSON)!,
    raw,
    [Symbol.dispose]() {
      raw.close();
      state[Symbol.dispose]();
    },
  };
}

function build({ state, caller, raw }: Omit<BenchStores, typeof Symbol.dispose>, size: number, samples: Samples): void {
  raw.exec(`CREATE VIRTUAL TABLE plain USING fts5(words, content = '');
    CREATE VIRTUAL TABLE vectors USING vec0(passage INTEGER PRIMARY KEY, embedding FLOAT[${DIMENSIONS}] distance_metric=cosine)`);
  const words = raw.prepare('INSERT INTO plain (rowid, words) VALUES (?, ?)');
  const vectors = raw.prepare('INSERT INTO vectors (passage, embedding) VALUES (?, ?)');
  const random = seeded(size);
  for (let from = 0; from < size; from += DOCUMENT_PASSAGES) {
    const count = Math.min(DOCUMENT_PASSAGES, size - from);
    const passages = Array.from({ length: count }, (_, i) => ({ ...samples.passage(from + i), position: i }));
    const embedded = passages.map((_, i) => ({ passage: from + i + 1, vector: randomVector(random) }));
    state.vault.write(caller, (writer) => {
      const document = { name: 'bench.txt', kind: 'txt' as const, bytes: 1, pages: 1, addedAt: 1 };
      writer.addDocument({ ...document, source: `$${from}` }, passages);
      writer.putVectors(MODEL, embedded);
    });
    raw.exec('BEGIN');
    for (const [i, { passage, vector }] of embedded.entries()) {
      words.run(passage, plainWords(passages[i]!.text).join(' '));
      vectors.run(BigInt(passage), Buffer.from(vector.buffer));
    }
    raw.exec('COMMIT');
  }
  raw.exec(`INSERT INTO plain (plain) VALUES ('optimize')`);
}

/** A random direction: the hardest case for shortened vectors, because nothing is alike. */
export function randomVector(random: () => number): Float32Array {
  const vector = Float32Array.from({ length: DIMENSIONS }, () => random() + random() + random() + random() - 2);
  const length = Math.hypot(...vector);
  return vector.map((value) => value / length);
}
