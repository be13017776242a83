import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { TokenVectors } from '../../../core/ask/token-vectors.ts';
import { BackgroundEmbedder, type BackgroundEmbedderParts } from '../../../core/embed/background-embedder.ts';
import { AppError } from '../../../core/errors.ts';
import type { Embedder } from '../../../core/question.ts';
import { PATIENCE_MS } from '../../patience.ts';
import { type Household, household } from '../ask/household.ts';

const noPieces: TokenVectors = { pieces: () => new Uint32Array(), maxSim: () => [] };
const PACE = { busyMs: 1, idleMs: 5, firstRestMs: 1, longestRestMs: 4 };
let home: Household;
beforeEach(async () => {
  home = await household(noPieces);
});
afterEach(() => home[Symbol.asyncDispose]());

/** An embedder of two numbers that a test can make fail; keeps what it was given. */
function testEmbedder(embed: (text: string) => void = () => {}): Embedder & { texts: string[] } {
  const texts: string[] = [];
  return {
    model: 'two',
    texts,
    embedQuestion: async () => Float32Array.of(1, 0),
    async embedPassage(text, signal) {
      await new Promise(setImmediate);
      signal?.throwIfAborted();
      texts.push(text);
      embed(text);
      return Float32Array.of(0.6, 0.8);
    },
    close: async () => {},
  };
}

const background = (embedder: Embedder, more: Partial<BackgroundEmbedderParts> = {}) =>
  new BackgroundEmbedder({ ...home.state.control, vault: home.state.vault, embedder, pace: PACE, ...more });
const embedded = () => home.state.vault.read(home.caller, (reader) => reader.embeddingDepth('two').embedded);
const openAlerts = () =>
  home.state.control.alerts
    .recent(10)
    .filter((alert) => alert.clearedAt === null)
    .map((alert) => alert.code);
const unavailable = () => new AppError('unavailable', 'down');

it('embeds every passage of every tenant once, with file name, and takes up what comes later', async () => {
  home.add(
    'a.txt',
    Array.from({ length: 40 }, (_, i) => `text ${i}`),
  );
  home.state.control.people.add({ id: '@ben:home.test', role: 'member', language: 'de' });
  const embedder = testEmbedder();
  const work = background(embedder);
  await using _running = work.start();
  await vi.waitFor(() => expect(work.depth()).toEqual({ embedded: 40, passages: 40 }), PATIENCE_MS);
  expect(embedder.texts).toHaveLength(40);
  expect(embedder.texts[7]).toBe('a.txt\ntext 7');
  home.add('b.txt', ['later']);
  work.wake();
  await vi.waitFor(() => expect(work.depth()).toEqual({ embedded: 41, passages: 41 }), PATIENCE_MS);
  expect(embedder.texts).toHaveLength(41);
});

it('waits while a question is being answered', async () => {
  home.add('a.txt', ['one', 'two']);
  let [busy, looks] = [true, 0];
  const embedder = testEmbedder();
  const work = background(embedder, { isBusy: () => ++looks > 0 && busy });
  await using _running = work.start();
  await vi.waitFor(() => expect(looks).toBeGreaterThan(5), PATIENCE_MS);
  expect(embedder.texts).toEqual([]);
  busy = false;
  await vi.waitFor(() => expect(embedded()).toBe(2), PATIENCE_MS);
});

it('stores what it has when it is stopped, and goes on from there', async () => {
  home.add(
    'a.txt',
    Array.from({ length: 30 }, (_, i) => `text ${i}`),
  );
  const reached = Promise.withResolvers<void>();
  const first = testEmbedder((text) => text.endsWith('text 20') && reached.resolve());
  const work = background(first);
  work.start();
  await reached.promise;
  await work.stop();
  const kept = embedded();
  expect(kept).toBeGreaterThanOrEqual(20);
  expect(kept).toBeLessThan(30);
  const second = testEmbedder();
  await using _running = background(second).start();
  await vi.waitFor(() => expect(embedded()).toBe(30), PATIENCE_MS);
  expect(second.texts).toHaveLength(30 - kept);
});

it('raises one alert while the embedder is down, clears it when it is back, and then finishes', async () => {
  home.add('a.txt', ['one', 'two', 'three']);
  let down = true;
  const embedder = testEmbedder(() => {
    if (down) throw unavailable();
  });
  const work = background(embedder);
  await using _running = work.start();
  await vi.waitFor(() => expect(openAlerts()).toEqual(['embedder-failing']), PATIENCE_MS);
  expect(JSON.stringify(home.state.control.alerts.recent(10))).not.toContain('a.txt');
  down = false;
  await vi.waitFor(() => expect(embedded()).toBe(3), PATIENCE_MS);
  await vi.waitFor(() => expect(openAlerts()).toEqual([]), PATIENCE_MS);
});

it('leaves a text out that fails again and again while others work', async () => {
  home.add('a.txt', ['poison', ...Array.from({ length: 80 }, (_, i) => `text ${i}`)]);
  const embedder = testEmbedder((text) => {
    if (text.includes('poison')) throw unavailable();
  });
  const work = background(embedder);
  await using _running = work.start();
  await vi.waitFor(() => expect(embedded()).toBe(80), PATIENCE_MS);
  const tries = () => embedder.texts.filter((text) => text.includes('poison')).length;
  const before = tries();
  home.add('b.txt', ['one more']);
  work.wake();
  await vi.waitFor(() => expect(embedded()).toBe(81), PATIENCE_MS);
  expect(tries()).toBe(before);
  expect(before).toBe(3);
});

it('tells when a document has all its vectors, once, with the person whose it is', async () => {
  home.add(
    'a.txt',
    Array.from({ length: 20 }, (_, i) => `text ${i}`),
  );
  home.add('b.txt', ['one']);
  const deep: string[] = [];
  const work = background(testEmbedder(), {
    onDocumentDeep: ({ tenant }, { name, number }) => {
      const depth = home.state.vault.read(home.caller, (reader) => reader.documentDepth('two', number));
      deep.push(`${tenant === home.caller.tenant} ${name} ${depth.embedded} of ${depth.passages}`);
    },
  });
  await using _running = work.start();
  await vi.waitFor(() => expect(deep).toEqual(['true a.txt 20 of 20', 'true b.txt 1 of 1']), PATIENCE_MS);
});

it('keeps the vectors of an earlier model until the new one has embedded everything, also over a stop', async () => {
  const texts = Array.from({ length: 150 }, (_, i) => `text ${i}`);
  home.add('a.txt', texts);
  const ids = texts.map((_, i) => ({ passage: i + 1, vector: Float32Array.of(1, 0, 0) }));
  home.state.vault.write(home.caller, (writer) => writer.putVectors('old', ids));
  const old = () => home.state.vault.read(home.caller, (reader) => reader.embeddingDepth('old').embedded);
  const before: number[] = [];
  const half = Promise.withResolvers<void>();
  const first = background(testEmbedder((text) => text.endsWith('text 70') && half.resolve()));
  first.start();
  await half.promise;
  await first.stop();
  expect([embedded() < 150, old()]).toEqual([true, 150]);
  await using _running = background(testEmbedder(() => void before.push(old()))).start();
  await vi.waitFor(
    () => expect(home.state.vault.read(home.caller, (reader) => reader.embeddingModels())).toEqual(['two']),
    PATIENCE_MS,
  );
  expect([embedded(), old()]).toEqual([150, 0]);
  expect(new Set(before)).toEqual(new Set([150]));
  expect(home.state.vault.read(home.caller, (reader) => reader.dense('old', Float32Array.of(1, 0, 0), 5))).toEqual([]);
});

it('keeps the vectors of an earlier model while the new one has none, also when it has given up what is left', async () => {
  home.add('bad.txt', ['bad']);
  const good = Array.from({ length: 48 }, (_, i) => `text ${i}`);
  home.add('good.txt', good);
  const { people } = home.state.control;
  let rounds = 0;
  const counted = {
    tenants: () => {
      rounds += 1;
      return people.tenants();
    },
    systemCaller: (tenant) => people.systemCaller(tenant),
  } as typeof people;
  const embedder = testEmbedder((text) => {
    if (text.endsWith('bad')) throw unavailable();
  });
  await using _running = background(embedder, { people: counted }).start();
  await vi.waitFor(() => expect(embedded()).toBe(good.length), PATIENCE_MS);
  home.state.vault.write(home.caller, (writer) => {
    writer.forgetDocument(2);
    writer.putVectors('old', [{ passage: 1, vector: Float32Array.of(1, 0, 0) }]);
  });
  const since = rounds;
  await vi.waitFor(() => expect(rounds).toBeGreaterThan(since + 5), PATIENCE_MS);
  const depth = (model: string) =>
    home.state.vault.read(home.caller, (reader) => reader.embeddingDepth(model).embedded);
  expect([depth('two'), depth('old')]).toEqual([0, 1]);
});

it('is not stopped by a tenant whose data cannot be opened', async () => {
  home.add('a.txt', ['one']);
  const { people } = home.state.control;
  const gone = { tenant: 'f'.repeat(32) as never, kind: 'person' as const };
  const tenants = () => [gone, ...people.tenants()];
  await using _running = background(testEmbedder(), {
    people: Object.assign(Object.create(people), { tenants, systemCaller: people.systemCaller.bind(people) }),
  }).start();
  await vi.waitFor(() => expect(embedded()).toBe(1), PATIENCE_MS);
});

it('tells once when a document has all its vectors', async () => {
  const deep: string[] = [];
  home.add('a.txt', ['one', 'two', 'three']);
  home.add('b.txt', ['four']);
  const work = background(testEmbedder(), {
    onDocumentDeep: ({ tenant }, { number }) => void deep.push(`${tenant} ${number}`),
  });
  await using _running = work.start();
  await vi.waitFor(() => expect(deep).toHaveLength(2), PATIENCE_MS);
  expect(deep).toEqual([1, 2].map((number) => `${home.caller.tenant} ${number}`));
  home.add('c.txt', ['five']);
  work.wake();
  await vi.waitFor(() => expect(deep).toHaveLength(3), PATIENCE_MS);
});
