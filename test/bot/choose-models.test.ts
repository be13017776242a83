import { expect, it } from 'vitest';
import { chooseModels, otherHost } from '../../bot/choose-models.ts';
import { Secret } from '../../config/secret.ts';

const noKeys = { embeddingApiKey: undefined, answeringApiKey: undefined };

it('uses nothing where the settings say so', async () => {
  const chosen = await chooseModels({ embedding: { kind: 'none' }, answering: { kind: 'extractive' } }, noKeys);
  expect(chosen).toMatchObject({ parts: {}, inUse: { answering: null, embedding: null } });
  expect(chosen.why.map(({ key }) => key)).toEqual(['embedding.none', 'answering.extractive']);
});

it('names another machine that texts are sent to, and no key', async () => {
  const key = new Secret('sk-very-secret');
  const chosen = await chooseModels(
    {
      embedding: { kind: 'openai', url: 'http://[::1]:9', model: 'e5' },
      answering: { kind: 'openai', url: 'http://llm.invalid:9/v1', model: 'big', contextTokens: 4096 },
    },
    { embeddingApiKey: key, answeringApiKey: key },
  );
  expect(chosen.inUse).toMatchObject({
    answering: { name: 'big', host: 'llm.invalid' },
    embedder: 'openai e5; centred 1',
    embedding: { name: 'e5', host: null },
  });
  expect(JSON.stringify([chosen.inUse, chosen.why])).not.toContain('secret');
  await chosen.embedder?.close();
});

it.each([
  ['http://127.0.0.1:11434', null],
  ['http://localhost:8080/v1', null],
  ['http://ollama.localhost', null],
  ['http://[::1]:1', null],
  ['http://127.0.0.1.example.org', '127.0.0.1.example.org'],
  ['http://ollama:11434', 'ollama'],
  ['https://user:pass@api.example.org/v1', 'api.example.org'],
])('%s', (url, host) => {
  expect(otherHost(url)).toBe(host);
});
