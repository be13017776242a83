import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { listen } from '../listen.ts';

/** Name of the model that the server says it has. */
export const STORYTELLER_MODEL = 'storyteller';

/** Every so many answers come slowly enough to be shown, edited and interrupted on the way. */
const SLOW_EVERY = 6;
const PAUSE_MS = 500;

/** Stands in every paper of the traffic: the bot shows nothing of a model that its passages do not hold. */
const ANSWER = [
  'The service report ',
  'of Dale Brothers ',
  'names the cost in pounds [1]. ',
  'The next service ',
  'is due in two years [1].',
];

/** An OpenAI-compatible server whose answers take a known time. */
export interface Storyteller {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the server on a free loopback port. A real model would not do here: a campaign needs answers that are surely shown,
 * and some that take a known time, whatever the machine.
 */
export async function startStoryteller(): Promise<Storyteller> {
  const server = createServer((request, response) => void serve(request, response).catch(() => response.destroy()));
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/v1`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.url?.endsWith('/models')) {
    response.end(JSON.stringify({ data: [{ id: STORYTELLER_MODEL, max_model_len: 8192 }] }));
    return;
  }
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const asked = /Question (\d+):/g;
  const number = [...Buffer.concat(chunks).toString().matchAll(asked)].at(-1)?.[1] ?? '0';
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  for (const part of ANSWER) {
    response.write(event({ choices: [{ delta: { content: part } }] }));
    if (Number(number) % SLOW_EVERY === 0) await sleep(PAUSE_MS);
  }
  response.end(`${event({ choices: [{ delta: {}, finish_reason: 'stop' }] })}data: [DONE]\n\n`);
}

function event(body: object): string {
  return `data: ${JSON.stringify(body)}\n\n`;
}
