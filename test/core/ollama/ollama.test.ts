import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { OllamaEmbedder } from '../../../core/ollama/ollama-embedder.ts';
import { OllamaLanguageModel } from '../../../core/ollama/ollama-language-model.ts';
import { ollamaModels } from '../../../core/ollama/ollama-models.ts';
import { closedPort, collect, modelServer } from '../models/model-server.ts';

const MESSAGES = [{ role: 'user' as const, content: 'my secret words' }];
const part = (content: string, done = false) =>
  `${JSON.stringify({ model: 'm', message: { role: 'assistant', content }, done })}\n`;
// Short where silence is meant to end it, long where something has to come first.
const NO_FIRST = { firstTokenMs: 1000, betweenTokensMs: 60_000 };
const NO_SECOND = { firstTokenMs: 60_000, betweenTokensMs: 150 };
const unavailable = expect.objectContaining({ code: 'unavailable', reason: 'model-failed' });
const model = (url: string, limits?: typeof NO_FIRST) =>
  new OllamaLanguageModel({ url, model: 'm', contextTokens: 5000 }, limits);

afterEach(() => vi.restoreAllMocks());

/** Everything that went to the console, which ends in the log of the service. */
function consoleText(): () => string {
  const said: unknown[] = [];
  for (const way of ['log', 'info', 'warn', 'error'] as const)
    vi.spyOn(console, way).mockImplementation((...args) => void said.push(...args));
  return () => said.map(String).join(' ');
}

describe('streaming', () => {
  it('says the pieces and asks for the context and the keep-alive', async () => {
    await using server = await modelServer(
      (_request, response) => void response.end(part('Grüße') + part(' 🙂') + part('', true)),
    );
    expect(await collect(model(server.url).stream(MESSAGES, { maxTokens: 77 }))).toEqual({ text: 'Grüße 🙂' });
    expect(server.seen).toMatchObject([
      {
        path: '/api/chat',
        body: {
          model: 'm',
          stream: true,
          keep_alive: '10m',
          options: { num_ctx: 5000, num_predict: 77, temperature: 0 },
        },
      },
    ]);
  });

  it('puts pieces together however the network cuts them', async () => {
    const bytes = Buffer.from(part('Grüße') + part(' 🙂') + part('', true));
    await using server = await modelServer(async (_request, response) => {
      for (let at = 0; at < bytes.length; at += 7) {
        response.write(bytes.subarray(at, at + 7));
        await new Promise(setImmediate);
      }
      response.end();
    });
    expect(await collect(model(server.url).stream(MESSAGES, { maxTokens: 77 }))).toEqual({ text: 'Grüße 🙂' });
  });

  it.each<[string, string]>([
    ['a stream that breaks off', part('It ends')],
    ['an error inside the stream', `${part('It ends')}{"error":"my secret words"}\n`],
    ['a line that is no JSON', `${part('It ends')}my secret words\n${part('', true)}`],
  ])('is unavailable after %s, and prints no words', async (_what, body) => {
    const printed = consoleText();
    await using server = await modelServer((_request, response) => void response.end(body));
    const { error } = await collect(model(server.url).stream(MESSAGES, { maxTokens: 10 }));
    expect(error).toEqual(unavailable);
    expect(
      String((error as Error).stack) + JSON.stringify(error) + String((error as Error).cause) + printed(),
    ).not.toContain('secret');
  });

  it.each([400, 404, 500])('is unavailable on status %d', async (status) => {
    const printed = consoleText();
    await using server = await modelServer(
      (_request, response) => void response.writeHead(status).end('my secret words'),
    );
    const { error } = await collect(model(server.url).stream(MESSAGES, { maxTokens: 10 }));
    expect(error).toEqual(unavailable);
    expect(JSON.stringify(error) + printed()).not.toContain('secret');
  });

  it('is unavailable when nothing listens, when no first word comes, and when it falls silent', async () => {
    expect((await collect(model(await closedPort()).stream(MESSAGES, { maxTokens: 10 }))).error).toEqual(unavailable);
    await using silent = await modelServer(() => undefined);
    expect((await collect(model(silent.url, NO_FIRST).stream(MESSAGES, { maxTokens: 10 }))).error).toEqual(unavailable);
    await using stuck = await modelServer((_request, response) => void response.write(part('It')));
    expect(await collect(model(stuck.url, NO_SECOND).stream(MESSAGES, { maxTokens: 10 }))).toEqual({
      text: 'It',
      error: unavailable,
    });
    expect(await stuck.seen[0]!.hungUp).toBe(true);
  });

  it('ends the request at the server when the caller aborts or the reader leaves', async () => {
    await using server = await modelServer(async (_request, response) => {
      for (let i = 0; i < 200 && !response.destroyed; i++) {
        response.write(part(`${i} `));
        await sleep(10);
      }
    });
    const stop = new AbortController();
    const reason = new Error('enough');
    const aborted = (async () => {
      for await (const said of model(server.url).stream(MESSAGES, { maxTokens: 10, signal: stop.signal }))
        if (said === '1 ') stop.abort(reason);
    })();
    await expect(aborted).rejects.toBe(reason);
    expect(await server.seen[0]!.hungUp).toBe(true);
    for await (const _said of model(server.url).stream(MESSAGES, { maxTokens: 10 })) break;
    expect(await server.seen[1]!.hungUp).toBe(true);
  });
});

describe('embedding', () => {
  it('gives unit vectors with the prefixes of the model', async () => {
    await using server = await modelServer((_request, response) => void response.end('{"embeddings":[[0,5]]}'));
    const embedder = new OllamaEmbedder({ url: server.url, model: 'nomic-embed-text' });
    expect([...(await embedder.embedPassage('x'))]).toEqual([0, 1]);
    expect(server.seen[0]?.body.input).toBe('search_document: x');
  });

  it('is unavailable without a server or a vector, and throws the reason of an abort', async () => {
    const failed = expect.objectContaining({ code: 'unavailable', reason: 'embedder-failed' });
    await using server = await modelServer((_request, response) => void response.end('{"embeddings":[]}'));
    await expect(new OllamaEmbedder({ url: server.url, model: 'm' }).embedPassage('x')).rejects.toEqual(failed);
    await expect(new OllamaEmbedder({ url: await closedPort(), model: 'm' }).embedPassage('x')).rejects.toEqual(failed);
    await using silent = await modelServer(() => undefined);
    const stop = new AbortController();
    const waiting = new OllamaEmbedder({ url: silent.url, model: 'm' }).embedPassage('x', stop.signal);
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
  });
});

it('lists models by what they can do, largest first', async () => {
  const shown: Record<string, object> = {
    small: {
      ...{ capabilities: ['completion'], model_info: { 'llama.context_length': 2048 } },
      parameters: 'stop    "<|im_end|>"\nnum_ctx                        1024\ntemperature 0.2',
    },
    large: { capabilities: ['completion', 'tools'], model_info: { 'qwen3.context_length': 40960 } },
    embed: { capabilities: ['embedding'], model_info: {} },
  };
  await using server = await modelServer(({ path, body }, response) => {
    const models = [
      { name: 'small', size: 1 },
      { name: 'large', size: 9 },
      { name: 'embed', size: 2 },
    ];
    response.end(JSON.stringify(path === '/api/tags' ? { models } : shown[body.model as string]));
  });
  expect(await ollamaModels(server.url, 5000)).toEqual([
    { name: 'large', bytes: 9, canChat: true, canEmbed: false, contextTokens: 40960, setContext: undefined },
    { name: 'embed', bytes: 2, canChat: false, canEmbed: true, contextTokens: undefined, setContext: undefined },
    { name: 'small', bytes: 1, canChat: true, canEmbed: false, contextTokens: 2048, setContext: 1024 },
  ]);
  expect(await ollamaModels(await closedPort(), 5000)).toBeUndefined();
});
