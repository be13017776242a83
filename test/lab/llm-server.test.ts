import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callJson } from './call-json.ts';
import { type LlmServer, startLlmServer } from './llm-server.ts';
import { labHas } from './python-child.ts';

// 120 MB that only tests of the answering path need: node test/lab/install.mjs python llm
if (!labHas('llm'))
  console.log('Left out: the small language model is not here (node test/lab/install.mjs python llm).');
describe.skipIf(!labHas('llm'))('the small language model', () => {
  let llm: LlmServer;

  beforeAll(async () => {
    llm = await startLlmServer({ contextTokens: 2048 });
  });

  afterAll(() => llm?.stop());

  test('it answers the OpenAI chat protocol, streamed', async () => {
    const { data } = await callJson<{ data: { id: string }[] }>(`${llm.baseUrl}/models`);
    expect(data.map(({ id }) => id)).toContain(llm.model);
    const response = await fetch(`${llm.baseUrl}/chat/completions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        model: llm.model,
        messages: [{ role: 'user', content: 'Say hello.' }],
        max_tokens: 12,
        stream: true,
      }),
    });
    const lines = (await response.text()).split('\n').filter((line) => line.startsWith('data: '));
    expect(lines.length).toBeGreaterThan(2);
    expect(lines.at(-1)).toBe('data: [DONE]');
  });

  test('a prompt longer than its context is refused with an error', async () => {
    const long = callJson(`${llm.baseUrl}/chat/completions`, {
      method: 'POST',
      body: { model: llm.model, messages: [{ role: 'user', content: 'word '.repeat(4_000) }], max_tokens: 5 },
    });
    await expect(long).rejects.toMatchObject({ status: 400 });
  });
});
