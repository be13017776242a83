import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { chooseEmbedder, chooseLanguageModel } from '../../../core/models/choose.ts';
import { closedPort, type ModelServer, modelServer } from './model-server.ts';

let folder: string;
let nowhere: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kinkeeper-models-'));
  nowhere = await closedPort();
});
afterEach(() => rmSync(folder, { recursive: true }));

function putModel(name: string): void {
  mkdirSync(join(folder, name, 'onnx'), { recursive: true });
  for (const file of ['config.json', 'tokenizer.json', 'onnx/model_quantized.onnx'])
    writeFileSync(join(folder, name, file), '');
}

function ollama(): Promise<ModelServer> {
  const abilities: Record<string, string[]> = {
    'qwen3:4b': ['completion'],
    'tiny:latest': ['completion'],
    'bge-m3': ['embedding'],
  };
  return modelServer(({ path, body }, response) => {
    const models = Object.keys(abilities).map((name, i) => ({ name, size: 10 - i }));
    response.end(
      JSON.stringify(
        path === '/api/tags'
          ? { models }
          : { capabilities: abilities[body.model as string], model_info: { 'x.context_length': 40960 } },
      ),
    );
  });
}

it('auto takes the local folder first, then Ollama, then nothing, and says which', async () => {
  await using server = await ollama();
  expect((await chooseEmbedder({ kind: 'auto', modelsDir: folder, ollamaUrl: nowhere })).why).toEqual({
    key: 'embedding.nothing-found',
    facts: {},
  });
  const viaOllama = await chooseEmbedder({ kind: 'auto', modelsDir: folder, ollamaUrl: server.url });
  expect([viaOllama.why, viaOllama.embedder?.model]).toEqual([
    { key: 'embedding.ollama', facts: { model: 'bge-m3' } },
    'ollama bge-m3; centred 1',
  ]);
  putModel('multilingual-e5-small');
  const local = await chooseEmbedder({ kind: 'auto', modelsDir: folder, ollamaUrl: server.url });
  expect([local.why.key, local.embedder?.model]).toEqual([
    'embedding.transformers',
    'transformers multilingual-e5-small q8; centred 1',
  ]);
});

it('none is none; a named model is kept even when it is not there yet', async () => {
  expect(await chooseEmbedder({ kind: 'none' })).toEqual({ why: { key: 'embedding.none', facts: {} } });
  const { embedder, why } = await chooseEmbedder({ kind: 'transformers', model: 'other', modelsDir: folder });
  expect(why).toEqual({ key: 'embedding.transformers-missing', facts: { model: 'other' } });
  await expect(embedder!.embedQuestion('x')).rejects.toEqual(
    expect.objectContaining({ code: 'unavailable', reason: 'embedder-failed' }),
  );
});

it('auto answers with the largest chat model of Ollama, within its own context', async () => {
  await using server = await ollama();
  const { model, why } = await chooseLanguageModel({ kind: 'auto', ollamaUrl: server.url });
  expect([model?.model, model?.contextTokens, why]).toEqual([
    'qwen3:4b',
    8192,
    { key: 'answering.ollama', facts: { model: 'qwen3:4b', contextTokens: 8192 } },
  ]);
  expect(
    (await chooseLanguageModel({ kind: 'auto', ollamaUrl: server.url, contextTokens: 100_000 })).model?.contextTokens,
  ).toBe(40960);
  expect(await chooseLanguageModel({ kind: 'auto', ollamaUrl: nowhere })).toEqual({
    why: { key: 'answering.nothing-found', facts: {} },
  });
  expect(await chooseLanguageModel({ kind: 'extractive' })).toEqual({
    why: { key: 'answering.extractive', facts: {} },
  });
});

it('a named server is kept when it does not answer or lacks the model, and the choice says so', async () => {
  await using server = await ollama();
  const named = async (url: string, model: string) =>
    (await chooseLanguageModel({ kind: 'ollama', url, model })).why.key;
  expect([await named(server.url, 'tiny'), await named(server.url, 'none'), await named(nowhere, 'tiny')]).toEqual([
    'answering.ollama',
    'answering.ollama-missing',
    'answering.ollama-unreachable',
  ]);
  const { model, why } = await chooseLanguageModel({
    kind: 'openai',
    url: nowhere,
    model: 'm',
    apiKey: 'k',
    contextTokens: 2048,
  });
  expect([model?.contextTokens, why.key, JSON.stringify(why)]).toEqual([
    2048,
    'answering.openai-unreachable',
    expect.not.stringContaining('"k"'),
  ]);
});
