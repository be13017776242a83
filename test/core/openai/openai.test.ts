import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { OpenAiEmbedder } from '../../../core/openai/openai-embedder.ts';
import { OpenAiLanguageModel } from '../../../core/openai/openai-language-model.ts';
import { endpoint, probeModel } from '../../../core/openai/openai-server.ts';
import { closedPort, collect, modelServer } from '../models/model-server.ts';

const MESSAGES = [{ role: 'user' as const, content: 'my secret words' }];
const delta = (content: string) =>
  `data: ${JSON.stringify({ choices: [{ delta: { content }, finish_reason: null }] })}\n\n`;
const LAST = `data: ${JSON.stringify({ choices: [{ delta: {}, finish_reason: 'stop' }] })}\n\n`;
// Short where silence is meant to end it, long where something has to come first.
const NO_FIRST = { firstTokenMs: 1000, betweenTokensMs: 60_000 };
const NO_SECOND = { firstTokenMs: 60_000, betweenTokensMs: 150 };
const unavailable = expect.objectContaining({ code: 'unavailable', reason: 'model-failed' });

const model = (url: string, limits?: typeof NO_FIRST) =>
  new OpenAiLanguageModel({ url, model: 'm', apiKey: 'k-1', contextTokens: 4096 }, limits);

describe('streaming', () => {
  it('says the pieces, asks for what it should, and takes either ending', async () => {
    for (const ending of ['data: [DONE]\n\n', LAST, `${LAST}data: [DONE]\n\n`]) {
      await using server = await modelServer(
        (_request, response) => void response.end(delta('Grüße') + delta(' 🙂') + ending),
      );
      expect(await collect(model(server.url).stream(MESSAGES, { maxTokens: 77 }))).toEqual({ text: 'Grüße 🙂' });
      expect(server.seen).toMatchObject([
        {
          method: 'POST',
          path: '/v1/chat/completions',
          authorization: 'Bearer k-1',
          body: { model: 'm', stream: true, max_tokens: 77, messages: MESSAGES },
        },
      ]);
    }
  });

  it.each<[string, string]>([
    ['a stream that breaks off', delta('It ends')],
    ['an error inside the stream', `${delta('It ends')}data: {"error":{"message":"my secret words"}}\n\n`],
    ['something that is no JSON', `${delta('It ends')}data: my secret words\n\n`],
  ])('is unavailable after %s, and repeats no words of the server', async (_what, body) => {
    await using server = await modelServer((_request, response) => void response.end(body));
    const { text, error } = await collect(model(server.url).stream(MESSAGES, { maxTokens: 10 }));
    expect(text).toBe('It ends');
    expect(error).toEqual(unavailable);
    expect(String((error as Error).stack) + JSON.stringify(error) + String((error as Error).cause)).not.toContain(
      'secret',
    );
  });

  it.each([401, 404, 429, 500, 302])('is unavailable on status %d, with its own words only', async (status) => {
    await using server = await modelServer(
      (_request, response) => void response.writeHead(status, { location: '/other' }).end('my secret words'),
    );
    const { error } = await collect(model(server.url).stream(MESSAGES, { maxTokens: 10 }));
    expect(error).toEqual(unavailable);
    expect(JSON.stringify(error) + (error as Error).message).not.toContain('secret');
    expect(server.seen).toHaveLength(1);
  });

  it('is unavailable when nothing listens, when no first word comes, and when it falls silent', async () => {
    expect((await collect(model(await closedPort()).stream(MESSAGES, { maxTokens: 10 }))).error).toEqual(unavailable);
    await using silent = await modelServer(() => undefined);
    expect((await collect(model(silent.url, NO_FIRST).stream(MESSAGES, { maxTokens: 10 }))).error).toEqual(unavailable);
    expect(await silent.seen[0]!.hungUp).toBe(true);
    await using stuck = await modelServer((_request, response) => void response.write(delta('It')));
    expect(await collect(model(stuck.url, NO_SECOND).stream(MESSAGES, { maxTokens: 10 }))).toEqual({
      text: 'It',
      error: unavailable,
    });
    expect(await stuck.seen[0]!.hungUp).toBe(true);
  });

  it('ends the request at the server when the caller aborts, with the caller’s reason, and when the reader leaves', async () => {
    await using server = await modelServer(async (_request, response) => {
      for (let i = 0; i < 200 && !response.destroyed; i++) {
        response.write(delta(`${i} `));
        await sleep(10);
      }
    });
    const stop = new AbortController();
    const reason = new Error('enough');
    let said = 0;
    const aborted = (async () => {
      for await (const _part of model(server.url).stream(MESSAGES, { maxTokens: 10, signal: stop.signal }))
        if (++said === 2) stop.abort(reason);
    })();
    await expect(aborted).rejects.toBe(reason);
    expect(await server.seen[0]!.hungUp).toBe(true);
    for await (const _part of model(server.url).stream(MESSAGES, { maxTokens: 10 })) break;
    expect(await server.seen[1]!.hungUp).toBe(true);
  });
});

describe('embedding', () => {
  it('gives unit vectors and puts the prefixes of e5 in front', async () => {
    await using server = await modelServer(
      (_request, response) => void response.end(JSON.stringify({ data: [{ embedding: [3, 4] }] })),
    );
    const embedder = new OpenAiEmbedder({ url: `${server.url}/v1/`, model: 'multilingual-e5-small' });
    expect([...(await embedder.embedQuestion('when?'))].map((value) => Number(value.toFixed(6)))).toEqual([0.6, 0.8]);
    await embedder.embedPassage('then');
    expect(server.seen.map(({ path, body }) => [path, body.input])).toEqual([
      ['/v1/embeddings', 'query: when?'],
      ['/v1/embeddings', 'passage: then'],
    ]);
  });

  it.each([
    '{}',
    '{"data":[]}',
    '{"data":[{"embedding":[]}]}',
    '{"data":[{"embedding":[1,"x"]}]}',
    'no json',
  ])('is unavailable on %s', async (body) => {
    await using server = await modelServer((_request, response) => void response.end(body));
    await expect(new OpenAiEmbedder({ url: server.url, model: 'm' }).embedQuestion('x')).rejects.toEqual(
      expect.objectContaining({ code: 'unavailable', reason: 'embedder-failed' }),
    );
  });
});

describe('probing', () => {
  it('reads the context where a server tells it, and nothing from one that does not list the model', async () => {
    const list = [
      { id: 'a', max_model_len: 32768 },
      { id: 'b', meta: { n_ctx_train: 2048 } },
      { id: 'e', meta: { n_ctx: 1024, n_ctx_train: 2048 } },
      { id: 'c' },
    ];
    await using server = await modelServer((_request, response) => void response.end(JSON.stringify({ data: list })));
    const probe = (name: string) => probeModel({ url: server.url, model: name }, AbortSignal.timeout(5000));
    expect([await probe('a'), await probe('b'), await probe('e'), await probe('c'), await probe('d')]).toEqual([
      { contextTokens: 32768 },
      { contextTokens: 2048 },
      { contextTokens: 1024 },
      { contextTokens: undefined },
      undefined,
    ]);
    expect(await probeModel({ url: await closedPort(), model: 'a' }, AbortSignal.timeout(5000))).toBeUndefined();
  });

  it('believes what llama.cpp runs with more than what the model was trained for', async () => {
    await using server = await modelServer(({ path }, response) => {
      const props = { default_generation_settings: { n_ctx: 4096 } };
      const list = { data: [{ id: 'm', meta: { n_ctx_train: 131072 } }] };
      response.end(JSON.stringify(path === '/props' ? props : list));
    });
    for (const url of [server.url, `${server.url}/v1/`]) {
      expect(await probeModel({ url, model: 'm' }, AbortSignal.timeout(5000))).toEqual({ contextTokens: 4096 });
    }
  });

  it.each([
    ['http://h:1', 'http://h:1/v1/models'],
    ['http://h:1/v1', 'http://h:1/v1/models'],
    ['http://h:1/api/v1/', 'http://h:1/api/v1/models'],
    ['https://h/v1beta/', 'https://h/v1beta/models'],
  ])('%s', (url, full) => expect(endpoint(url, 'models')).toBe(full));
});
