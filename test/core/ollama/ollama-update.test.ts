import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ollamaModels } from '../../../core/ollama/ollama-models.ts';
import { OllamaUpdate } from '../../../core/ollama/ollama-update.ts';
import { closedPort, collect } from '../models/model-server.ts';
import { manifestOf, type OllamaHouse, ollamaHouse } from './ollama-house.ts';

const { signal } = new AbortController();
let house: OllamaHouse;
beforeEach(async () => {
  house = await ollamaHouse();
});
afterEach(() => house[Symbol.asyncDispose]());

const model = (name = 'smol', more: { url?: string; registry?: string } = {}) =>
  new OllamaUpdate({
    ...{ url: house.url, registry: house.registry, model: name, use: 'answering', contextTokens: 4096 },
    ...more,
  });
const said = async (one: OllamaUpdate['serving']) =>
  (await collect(one.stream([{ role: 'user', content: 'hello' }], { maxTokens: 9 }))).text;
const quiet = { signal, onProgress() {} };

test('a model is current while the registry has the same, also in another writing', async () => {
  house.has('smol', 'old');
  house.offers('library/smol/latest', 'old');
  expect(await model().news(signal)).toEqual({ state: 'current' });
  expect(await model('smol:latest').news(signal)).toEqual({ state: 'current' });
  house.shelf.set('library/smol/latest', JSON.stringify(manifestOf('old', { annotations: { by: 'them' } }), null, 3));
  expect(await model().news(signal)).toEqual({ state: 'current' });
});

test('it is newer when the registry has another one; nothing but the name is sent', async () => {
  house.has('ada/smol:q4', 'old');
  house.offers('ada/smol/q4', 'new');
  expect(await model('ada/smol:q4').news(signal)).toEqual({
    state: 'newer',
    digest: expect.stringMatching(/^[0-9a-f]{64}$/),
  });
  expect(house.registrySeen).toMatchObject([
    { method: 'GET', path: '/v2/ada/smol/manifests/q4', authorization: undefined, body: {} },
  ]);
});

test('what does not come from the registry is left alone: unknown there, from elsewhere, made here', async () => {
  house.has('smol', 'old');
  expect(await model().news(signal)).toEqual({ state: 'own' });
  expect(await model('hf.example/ada/smol').news(signal)).toEqual({ state: 'own' });
  house.offers('library/smol/latest', 'new');
  house.madeHere.add('smol:latest');
  expect(await model().news(signal)).toEqual({ state: 'own' });
});

test('what cannot be looked at is said to be unknown', async () => {
  house.offers('library/smol/latest', 'new');
  const closed = await closedPort();
  expect(await model().news(signal), 'not there').toEqual({ state: 'unknown' });
  expect(await model('smol', { url: closed }).news(signal), 'no server').toEqual({ state: 'unknown' });
  house.has('smol', 'old');
  expect(await model('smol', { registry: closed }).news(signal), 'offline').toEqual({ state: 'unknown' });
  house.shelf.set('library/smol/latest', '<html>Log in to this network</html>');
  expect(await model().news(signal), 'a page of the hotel').toEqual({ state: 'unknown' });
});

describe.each([
  ['pulled under a name of its registry', () => 'smol:latest'],
  ['pulled over itself', () => `${new URL(house.registry).host}/library/smol:latest`],
])('a newer one, %s,', (_how, nameOf) => {
  let one: OllamaUpdate;
  beforeEach(() => {
    house.has(nameOf(), 'old');
    house.offers('library/smol/latest', 'new');
    one = model(nameOf());
  });

  test('waits beside the old one, which serves until the newer one is taken', async () => {
    const told: unknown[] = [];
    await one.fetch({ signal, onProgress: (...bytes) => void told.push(bytes) });
    expect(told).toContainEqual([1e6, 2e6]);
    expect([await said(one.serving), await said(one.onTrial)]).toEqual(['old', 'new']);
    // A bot that starts meanwhile and chooses by itself.
    expect((await ollamaModels(house.url, 3000))?.map(({ name }) => name)).toEqual([nameOf()]);
    await one.take();
    expect(await said(one.serving)).toBe('new');
    expect([...house.models.keys()]).toEqual([nameOf()]);
    expect(await one.news(signal)).toEqual({ state: 'current' });
  });

  test('leaves no trace when it is dropped', async () => {
    await one.fetch(quiet);
    await one.drop();
    expect(await said(one.serving)).toBe('old');
    expect([...house.models.keys()]).toEqual([nameOf()]);
  });
});

test('a model that the house has under the name of its registry too stays there', async () => {
  const other = `${new URL(house.registry).host}/library/smol:latest`;
  house.has('smol', 'old');
  house.has(other, 'old');
  house.offers('library/smol/latest', 'new');
  await model().fetch(quiet);
  await model().take();
  expect([...house.models.keys()].sort()).toEqual([other, 'smol:latest']);
});

test('a pull that fails changes nothing', async () => {
  house.has('smol', 'old');
  house.offers('library/smol/latest', 'new');
  house.failPull = true;
  await expect(model().fetch(quiet)).rejects.toMatchObject({ code: 'unavailable', reason: 'model-fetch' });
  expect(await said(model().serving)).toBe('old');
  expect([...house.models.keys()]).toEqual(['smol:latest']);
});

test('what a run left that was cut off right after the pull is put right', async () => {
  house.has('kinkeeper-kept/smol', 'old');
  house.has('smol', 'new');
  await model().settle(signal);
  expect(await said(model().serving)).toBe('old');
  expect([...house.models.keys()]).toEqual(['smol:latest']);
});
