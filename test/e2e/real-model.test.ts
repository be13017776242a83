import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LlmServer, startLlmServer } from '../lab/llm-server.ts';
import { labHas } from '../lab/python-child.ts';
import { type Chat, House, textFile } from './house.ts';

// One conversation with a real small language model behind llama.cpp's OpenAI-compatible server. What it says is not
// judged: it is far too small; that its words come through the whole path is.

const isThere = labHas('llm');
if (!isThere)
  console.log('The test with a real language model is left out. To have it: node test/lab/install.mjs python llm');

describe.skipIf(!isThere)('a real language model', () => {
  let model: LlmServer;
  let house: House;
  let ada: Chat;

  beforeAll(async () => {
    model = await startLlmServer();
    house = await House.open({
      people: [{ local: 'ada', role: 'admin' }],
      settings: {
        answering: { kind: 'openai', url: model.baseUrl, model: model.model, contextTokens: model.contextTokens },
      },
    });
    ada = await house.openChat(await house.login('ada'));
  });

  afterAll(async () => {
    await house?.close();
    await model?.stop();
  });

  test('its words reach the chat, with sources or are replaced by the passage', async () => {
    await ada.send(textFile('ferry.txt', 'The ferry to the island leaves at 7:40 from pier 3.'));
    const question = await ada.client.say(ada.room, 'When does the ferry to the island leave?');
    const answer = await ada.replyTo(question, /Where I read it|Your documents don't say|come closest/);
    console.log(`The model's answer: ${answer.text.split('\n')[0]}`);
    expect(answer.text).toContain('[1] ferry.txt');
    // The marks around the passages of its prompt.
    expect(answer.text).not.toMatch(/<<<|[0-9a-f]{12}/);
    expect(answer.edits.length).toBeLessThanOrEqual(12);
    await house.expectNothingPlain();
  });
});
