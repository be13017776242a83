import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { answerQuestion } from '../../../core/ask/answer-question.ts';
import { queryGrams } from '../../../core/ask/grams.ts';
import type { Caller } from '../../../core/caller.ts';
import type { OpenState } from '../../../core/control.ts';
import { accessToken } from '../../../core/qdrant/access-token.ts';
import { Collection } from '../../../core/qdrant/collection.ts';
import type { QdrantIndex } from '../../../core/qdrant/qdrant-index.ts';
import { QdrantServer } from '../../../core/qdrant/qdrant-server.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { startQdrant, type TestQdrant } from '../../lab/qdrant/start-qdrant.ts';
import { PATIENCE_MS } from '../../patience.ts';
import { addLetters, MODEL } from '../passage-index.contract.ts';
import { canaryWord, sampleVector, seeded } from '../sqlite/sample-documents.ts';
import { openTestState, temporaryFolder } from '../sqlite/temporary-state.ts';
import { qdrantIndex } from './qdrant-bench.ts';

let folder: ReturnType<typeof temporaryFolder>;
let state: OpenState;
let server: TestQdrant;
let admin: QdrantServer;
let [ada, ben] = [] as unknown as [Caller, Caller];
const open: AsyncDisposable[] = [];

beforeEach(async () => {
  folder = temporaryFolder();
  state = await openTestState(folder.stateDir);
  const { people } = state.control;
  for (const id of ['@ada:home.test', '@ben:home.test']) people.add({ id, role: 'member', language: 'en' });
  ada = people.callerFor('@ada:home.test')!;
  ben = people.callerFor('@ben:home.test')!;
  server = await startQdrant();
  admin = new QdrantServer(server);
});
afterEach(async () => {
  for (const one of open.splice(0)) await one[Symbol.asyncDispose]();
  state[Symbol.dispose]();
  await server[Symbol.asyncDispose]();
  folder.remove();
});

function index(options: Parameters<typeof qdrantIndex>[2] = {}) {
  const made = qdrantIndex(state, server, options);
  open.push(made);
  return made;
}

const find = (search: QdrantIndex, question: string, caller = ada) =>
  search.search(caller, { grams: queryGrams(question), limit: 20 });
const countOf = (search: QdrantIndex, caller = ada) =>
  new Collection(admin, search.mirror(caller.tenant).collection!).count();

describe('after a crash', () => {
  it('sends what was stored while nobody told Qdrant, once', async () => {
    addLetters(state.vault, ada, '$one');
    const { search } = index({ worker: false });
    expect(await search.bringInLine()).toEqual({ sent: 8, removed: 0 });
    expect(await countOf(search)).toBe(8);
    expect(await index({ worker: false }).search.bringInLine()).toEqual({ sent: 0, removed: 0 });
  });

  it('brings everybody in line but whose file is damaged', async () => {
    addLetters(state.vault, ada, '$one');
    addLetters(state.vault, ben, '$two');
    state[Symbol.dispose]();
    const file = join(folder.stateDir, 'tenants', `${ben.tenant}.db`);
    writeFileSync(file, readFileSync(file).fill(7));
    state = await openTestState(folder.stateDir);
    const { search } = index({ worker: false });
    expect(await search.bringInLine()).toEqual({ sent: 8, removed: 0 });
    expect(state.control.alerts.recent(9).map(({ code }) => code)).toEqual(['store-damaged']);
  });

  it('deletes what was forgotten while nobody told Qdrant', async () => {
    const number = addLetters(state.vault, ada, '$one');
    addLetters(state.vault, ada, '$two', ['The bicycle key hangs behind the door.']);
    await index({ worker: false }).search.bringInLine();
    state.vault.write(ada, (writer) => writer.forgetDocument(number));
    const { search } = index({ worker: false });
    expect(await search.bringInLine()).toEqual({ sent: 0, removed: 8 });
    expect(await countOf(search)).toBe(1);
  });

  it('serves the passages of today where a paper was replaced and taken back between two passes', async () => {
    const one = addLetters(state.vault, ada, '$one', ['The rent is 900 euros.']);
    const two = addLetters(state.vault, ada, '$two', ['The bicycle key hangs behind the door.']);
    const { search } = index({ worker: false });
    await search.bringInLine();
    state.vault.write(ada, (writer) => {
      writer.replaceDocument(one, { number: two, at: 2 });
      writer.restoreDocument(one, (_document, { text }) => ({ grams: text, pieces: Uint32Array.of(1) }));
    });
    search.noteWritten(ada.tenant);
    expect(await search.bringInLine()).toEqual({ sent: 1, removed: 0 });
    const [served] = (await find(search, 'rent')).passages;
    expect(state.vault.read(ada, (reader) => reader.passages([served!.id]))).toMatchObject([{ document: one }]);
  });

  it('goes on where Qdrant was lost in the middle of a document', async () => {
    addLetters(
      state.vault,
      ada,
      '$one',
      Array.from({ length: 150 }, (_, i) => `Letter number ${i} about rent.`),
    );
    const { search } = index({ worker: false });
    const before = server.received.length;
    const work = search.bringInLine();
    await vi.waitFor(() => expect(server.received.slice(before).join('')).toContain('/points?wait=true'), PATIENCE_MS);
    const failed = expect(work).rejects.toMatchObject({ code: 'unavailable', reason: 'index-unreachable' });
    await server.down();
    await failed;
    await server.up();
    await search.bringInLine();
    expect(await countOf(search)).toBe(150);
    expect((await find(search, 'rent')).lexical).toHaveLength(20);
  });

  it('keeps what it holds over a restart of Qdrant', async () => {
    addLetters(state.vault, ada, '$one');
    const { search } = index({ worker: false });
    await search.bringInLine();
    await server.down();
    await server.up();
    expect(await countOf(search)).toBe(8);
    expect(await index({ worker: false }).search.bringInLine()).toEqual({ sent: 0, removed: 0 });
  });

  it('fills a collection that was lost', async () => {
    addLetters(state.vault, ada, '$one');
    const { search } = index();
    await find(search, 'rent');
    await admin.drop(search.mirror(ada.tenant).collection!);
    await expect(find(search, 'rent')).rejects.toMatchObject({ code: 'unavailable' });
    await vi.waitFor(async () => expect((await find(search, 'rent')).lexical.length).toBeGreaterThan(0), PATIENCE_MS);
  });
});

describe('when Qdrant is away', () => {
  it('answers come from the sealed file, the admins hear of it, and nothing is lost', async () => {
    const { search, vault } = index();
    addLetters(vault, ada, '$one');
    await find(search, 'rent');
    await server.down();
    const two = addLetters(vault, ada, '$two', ['The spare key of the cellar hangs behind the boiler.']);
    await expect(find(search, 'cellar key')).rejects.toMatchObject({ code: 'unavailable' });
    const answer = await answerQuestion(
      ada,
      { text: 'Where is the spare key of the cellar?', room: '!r', event: '$q', at: 1 },
      { vault, vectors: loadTokenVectors(), index: search },
      { language: 'en' },
    );
    expect(answer.kind === 'passages' && answer.sources.map(({ passage }) => passage.document)).toContain(two);
    const alerts = () => state.control.alerts.recent(5).map(({ code, clearedAt }) => [code, clearedAt !== null]);
    await vi.waitFor(() => expect(alerts()).toEqual([['index-failing', false]]), PATIENCE_MS);
    await server.up();
    await vi.waitFor(() => expect(alerts()).toEqual([['index-failing', true]]), PATIENCE_MS);
    expect(await countOf(search)).toBe(9);
    expect((await find(search, 'cellar key')).passages[0]).toMatchObject({ document: two });
  });

  it('a Qdrant that takes a question and says nothing costs the time limit, not the answer', async () => {
    const { search, vault } = index({ settleMs: 1_000 });
    addLetters(vault, ada, '$one');
    await search.bringInLine();
    server.silent = true;
    await expect(find(search, 'rent')).rejects.toMatchObject({ code: 'unavailable', reason: 'index-behind' });
    server.silent = false;
    await vi.waitFor(async () => expect((await find(search, 'rent')).lexical).toHaveLength(2), PATIENCE_MS);
  });

  it('answers from Qdrant when it is there', async () => {
    const { search, vault } = index();
    addLetters(vault, ada, '$one');
    await find(search, 'rent');
    const before = server.received.length;
    const answer = await answerQuestion(
      ada,
      { text: 'What is the rent of the flat?', room: '!r', event: '$q', at: 1 },
      { vault, vectors: loadTokenVectors(), index: search },
      { language: 'en' },
    );
    expect(answer.kind === 'passages' && answer.sources[0]?.passage.position).toBe(0);
    expect(server.received.slice(before).join('')).toContain('/points/query/batch');
  });
});

describe('whose is what', () => {
  it('one collection per person, under names that say nothing', async () => {
    addLetters(state.vault, ada, '$ada');
    addLetters(state.vault, ben, '$ben');
    const { search } = index({ worker: false });
    await search.bringInLine();
    const names = await admin.collections('kk_');
    expect(names).toHaveLength(2);
    expect(names.join()).not.toContain(ada.tenant);
    for (const name of names) expect(name).toMatch(/^kk_[0-9a-f]{12}_[0-9a-f]{24}_[0-9a-f]{12}$/);
  });

  it('a token opens its own collection for its time, to read or to write as it says', async () => {
    addLetters(state.vault, ada, '$ada');
    addLetters(state.vault, ben, '$ben');
    const { search } = index({ worker: false });
    await search.bringInLine();
    const [own, other] = [ada, ben].map((caller) => search.mirror(caller.tenant).collection!) as [string, string];
    const count = async (collection: string, token: string, path = 'count', body = '{}') => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      return (await fetch(`${server.url}/collections/${collection}/points/${path}`, { method: 'POST', headers, body }))
        .status;
    };
    const read = accessToken(server.apiKey, { collection: own, may: 'r' }, Date.now());
    expect(await count(own, read)).toBe(200);
    expect(await count(other, read)).toBe(403);
    expect(await count(own, read, 'delete?wait=true', '{"points":[]}')).toBe(403);
    expect(await count(own, accessToken(server.apiKey, { collection: own, may: 'r' }, Date.now() - 600_000))).toBe(403);
    expect(await count(own, accessToken('another key', 'manage', Date.now()))).toBe(403);
  });

  it('a removed person’s collection goes, and comes back with them', async () => {
    addLetters(state.vault, ada, '$ada');
    addLetters(state.vault, ben, '$ben');
    const { search } = index({ worker: false });
    await search.bringInLine();
    state.control.people.remove('@ben:home.test');
    await search.bringInLine();
    expect(await admin.collections('kk_')).toEqual([search.mirror(ada.tenant).collection]);
    state.control.people.add({ id: '@ben:home.test', role: 'member', language: 'en' });
    expect(await search.bringInLine()).toEqual({ sent: 8, removed: 0 });
  });

  it('drops what it holds of a frozen person whose key is destroyed, and nothing else', async () => {
    addLetters(state.vault, ada, '$ada');
    addLetters(state.vault, ben, '$ben');
    const { search } = index({ worker: false });
    await search.bringInLine();
    state.control.people.remove('@ben:home.test');
    state.erasing.shred(ben.tenant);
    await search.dropGone();
    await search.dropGone();
    expect(await admin.collections('kk_')).toEqual([search.mirror(ada.tenant).collection]);
    expect((await find(search, 'violin')).passages.length + (await countOf(search))).toBeGreaterThan(0);
  });

  it('leaves collections of another installation alone', async () => {
    addLetters(state.vault, ada, '$ada');
    await admin.manage((client) => client.createCollection('kk_aaaaaaaaaaaa_foreign', { vectors: {} }).catch(() => 0));
    await new Collection(admin, 'kk_bbbbbbbbbbbb_foreign').ensure(undefined);
    await index({ worker: false }).search.bringInLine();
    expect(await admin.collections('kk_bbbbbbbbbbbb_')).toHaveLength(1);
  });
});

describe('what Qdrant gets to see', () => {
  const SEED = Date.now() % 1_000_000;

  it(`no word, name, vector, person or key in anything that is sent (seed ${SEED})`, async () => {
    const random = seeded(SEED);
    const canaries = Array.from({ length: 6 }, () => canaryWord(random));
    const { search, vault } = index({ worker: false });
    const text = `The ${canaries[0]} costs ${canaries[1]} euros.`;
    const passage = { position: 0, page: canaries[2]!, heading: canaries[3]!, start: 0, end: text.length, text };
    const document = {
      source: '$canary-event',
      name: `${canaries[4]}.pdf`,
      kind: 'pdf',
      bytes: 1,
      pages: 1,
      addedAt: 1,
    } as const;
    vault.write(ada, (writer) => writer.addDocument(document, [{ ...passage, grams: '', pieces: Uint32Array.of(1) }]));
    const vector = sampleVector(random, 64);
    vault.write(ada, (writer) => writer.putVectors(MODEL, [{ passage: 1, vector }]));
    const request = { grams: queryGrams(`${canaries[0]} ${canaries[5]}`), limit: 5, dense: { model: MODEL, vector } };
    const hits = await search.search(ada, request);
    expect(hits.dense[0]?.score).toBeCloseTo(1, 5);
    expect(hits.passages[0]).toMatchObject({ ...passage, documentName: document.name });
    const sent = Buffer.concat(server.received);
    expect(sent.length).toBeGreaterThan(500);
    const plain = sent.toString('latin1').toLowerCase();
    for (const word of [...canaries, '$canary-event', ada.tenant, ada.person, MODEL, server.apiKey]) {
      expect(plain.includes(word.toLowerCase()), word).toBe(false);
      expect(plain.includes(Buffer.from(word).toString('base64').slice(0, -3).toLowerCase()), word).toBe(false);
      expect(plain.includes(Buffer.from(word).toString('hex')), word).toBe(false);
    }
    for (const value of vector) expect(plain.includes(String(value))).toBe(false);
    expect(sent.includes(Buffer.from(vector.buffer).subarray(0, 16))).toBe(false);
  });

  it('the same text of two people looks different: texts, words, vectors and ids', async () => {
    const random = seeded(SEED);
    const vector = sampleVector(random, 32);
    for (const caller of [ada, ben]) {
      addLetters(state.vault, caller, `$same-${caller.person}`, ['One and the same letter about rent.']);
      state.vault.write(caller, (writer) => writer.putVectors(MODEL, [{ passage: 1, vector }]));
    }
    const { search } = index({ worker: false });
    await search.bringInLine();
    const bodies = Buffer.concat(server.received)
      .toString()
      .match(/\{"points":\[\{"id".*?\}\]\}/g)!;
    const points = bodies.map((body) => JSON.parse(body).points[0]);
    expect(points).toHaveLength(2);
    const [one, two] = points;
    expect(one.id).not.toBe(two.id);
    expect(one.payload.s).not.toBe(two.payload.s);
    expect(one.vector.words.indices.filter((number: number) => two.vector.words.indices.includes(number))).toEqual([]);
    const dot = one.vector.dense.reduce(
      (sum: number, value: number, i: number) => sum + value * two.vector.dense[i],
      0,
    );
    expect(Math.abs(dot)).toBeLessThan(0.9);
  });

  it('a text that Qdrant moved to another passage is noticed, and put right', async () => {
    addLetters(state.vault, ada, '$one', ['The rent is 900 euros.', 'The deposit is 100 euros.']);
    const { search } = index();
    await find(search, 'rent');
    const name = search.mirror(ada.tenant).collection!;
    await admin.manage(async (client) => {
      const { points } = await client.scroll(name, { with_payload: true, with_vector: true, limit: 2 });
      const [first, second] = points;
      const swapped = [{ ...first!, payload: { ...second!.payload, m: first!.payload!.m } }];
      await client.upsert(name, {
        wait: true,
        points: swapped.map(({ id, vector, payload }) => ({ id, vector: vector as never, payload: payload! })),
      });
    });
    await expect(find(search, 'euros')).rejects.toMatchObject({ code: 'unavailable', reason: 'index-damaged' });
    await vi.waitFor(async () => expect((await find(search, 'euros')).lexical).toHaveLength(2), PATIENCE_MS);
    const alerts = () => state.control.alerts.recent(5).map(({ code, clearedAt }) => [code, clearedAt !== null]);
    await vi.waitFor(() => expect(alerts()).toEqual([['index-damaged', true]]), PATIENCE_MS);
  });
});

describe('models and snapshots', () => {
  it('another model takes a collection of its own, and the old one goes when that is whole', async () => {
    const random = seeded(5);
    addLetters(state.vault, ada, '$one', ['The rent is 900 euros.']);
    state.vault.write(ada, (writer) => writer.putVectors(MODEL, [{ passage: 1, vector: sampleVector(random, 16) }]));
    const old = index({ worker: false }).search;
    await old.bringInLine();
    const before = old.mirror(ada.tenant).collection;
    const vector = sampleVector(random, 24);
    state.vault.write(ada, (writer) => writer.putVectors('larger', [{ passage: 1, vector }]));
    const { search } = index({ worker: false, model: 'larger' });
    await search.bringInLine();
    const after = await admin.collections(search.mirror(ada.tenant).prefix);
    expect(after).toHaveLength(1);
    expect(after[0]).not.toBe(before);
    const hits = await search.search(ada, { grams: queryGrams('rent'), limit: 5, dense: { model: 'larger', vector } });
    expect(hits.dense[0]?.score).toBeCloseTo(1, 5);
  });
});
