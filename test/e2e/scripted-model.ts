import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** One prompt as an OpenAI-compatible server gets it. */
export interface ModelRequest {
  readonly system: string;
  readonly user: string;
}

/** What the model does with a prompt: writes pieces (a promise among them is waited for first), and how it ends. */
export interface Script {
  readonly pieces?: Iterable<string | Promise<unknown>>;
  /** `done` is the normal end; `cut` drops the connection in the middle; a number is the status of a refusal. */
  readonly end?: 'done' | 'cut' | number;
}

/** A language model whose words are written by the test, behind the same API as a real one (chat completions, SSE). */
export class ScriptedModel {
  readonly model = 'scripted-1';
  /** All prompts, in order. */
  readonly requests: ModelRequest[] = [];
  /** Requests whose client hung up before the end, as somebody does who wants no more. */
  hungUp = 0;
  /** The next prompts' scripts by what they ask; set by each test. */
  play: (request: ModelRequest) => Script = () => ({ end: 503 });
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  static async start(): Promise<ScriptedModel> {
    const model = new ScriptedModel();
    model.#server.listen(0, '127.0.0.1');
    await once(model.#server, 'listening');
    return model;
  }

  /** Base address as the settings name it. */
  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/v1`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.url === '/v1/models') {
      response.end(JSON.stringify({ data: [{ id: this.model, max_model_len: 8192 }] }));
      return;
    }
    const { messages } = JSON.parse(await body(request)) as { messages: { role: string; content: string }[] };
    const said = (role: string) => messages.find((message) => message.role === role)?.content ?? '';
    const asked = { system: said('system'), user: said('user') };
    this.requests.push(asked);
    response.on('close', () => {
      if (!response.writableFinished) this.hungUp += 1;
    });
    const { pieces = [], end = 'done' } = this.play(asked);
    if (typeof end === 'number') {
      response.writeHead(end).end('{"error":{"message":"no"}}');
      return;
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (const piece of pieces) {
      if (typeof piece === 'string') response.write(chunk({ delta: { content: piece } }));
      else await piece;
    }
    if (end === 'cut') response.destroy();
    else response.end(`${chunk({ delta: {}, finish_reason: 'stop' })}data: [DONE]\n\n`);
  }
}

/** Whether a prompt asks for a follow-up question to be completed, not for an answer. */
export function isRewrite({ system }: ModelRequest): boolean {
  return system.startsWith('Rewrite the last question');
}

function chunk(choice: object): string {
  return `data: ${JSON.stringify({ choices: [{ index: 0, ...choice }] })}\n\n`;
}

async function body(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}
