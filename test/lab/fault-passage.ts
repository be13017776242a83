import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';

/** A request on its way through the proxy. */
export interface Passing {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** An answer, read completely. */
export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

/** Passes a request on and waits for the whole answer; rejects when the homeserver or the client goes away. */
export function forward(upstream: string, passing: Passing, response: ServerResponse): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { 'accept-encoding': _compression, connection: _connection, ...headers } = passing.headers;
    const options = { method: passing.method, headers: { ...headers, host: new URL(upstream).host } };
    const onward = httpRequest(upstream + passing.path, options, (incoming) => {
      const { 'transfer-encoding': _encoding, connection: _kept, ...kept } = incoming.headers;
      const answered = (body: Buffer) => resolve({ status: incoming.statusCode ?? 502, headers: kept, body });
      wholeBody(incoming).then(answered, reject);
    });
    // A long poll of a client that went away must not go on at the homeserver.
    response.once('close', () => onward.destroy());
    onward.once('error', reject);
    onward.end(passing.body);
  });
}

/** Answers the client, or breaks its connection. */
export function show(response: ServerResponse, answer: Answer | undefined): void {
  if (answer === undefined) {
    response.socket?.resetAndDestroy();
    return;
  }
  response.writeHead(answer.status, { ...answer.headers, 'content-length': answer.body.length });
  response.end(answer.body);
}

/** The answer with its body cut in the middle. */
export function halfOf(answer: Answer): Answer {
  return { ...answer, body: answer.body.subarray(0, Math.floor(answer.body.length / 2)) };
}

/** An answer of the proxy's own. */
export function page(status: number, type: string, text: string): Answer {
  return { status, headers: { 'content-type': type }, body: Buffer.from(text) };
}

/** The body as a JSON object; {} when it is none. */
export function json(body: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(body.toString()) as Record<string, unknown>;
  } catch {
    return {};
  }
}

/** Everything a request or answer carries. */
export async function wholeBody(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
