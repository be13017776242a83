import { Ollama } from 'ollama';

/** Where Ollama listens on the machine itself. */
export const LOCAL_OLLAMA = 'http://127.0.0.1:11434';

/**
 * A client of the `ollama` package for one request. The package's own abort ends every stream of a client and none of
 * its plain requests, hence one client per request with the signal put into its fetch. Lines that are no JSON would be
 * printed to the console with people's words in them, so the stream is checked line by line first.
 */
export function ollamaClient(url: string, signal: AbortSignal): Ollama {
  return new Ollama({
    host: url,
    fetch: async (input, init) => {
      const own = init?.signal;
      const response = await fetch(input, {
        ...init,
        redirect: 'error',
        signal: own ? AbortSignal.any([own, signal]) : signal,
      });
      if (!response.ok) {
        await response.body?.cancel();
        throw new OllamaStatusError(response.status);
      }
      return new Response(response.body?.pipeThrough(checkedLines()) ?? null, response);
    },
  });
}

/** Ollama answered, but not with 2xx; 404 means that it does not have the model. */
export class OllamaStatusError extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`status ${status}`);
    this.name = 'OllamaStatusError';
    this.status = status;
  }
}

const LARGEST_LINE = 16 << 20;

/** Passes whole lines of JSON on; anything else breaks the stream. */
function checkedLines(): TransformStream<Uint8Array, Uint8Array> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const encoder = new TextEncoder();
  let rest = '';
  const pass = (line: string, controller: TransformStreamDefaultController<Uint8Array>) => {
    if (line.trim() === '') return;
    JSON.parse(line);
    controller.enqueue(encoder.encode(`${line}\n`));
  };
  return new TransformStream({
    transform(bytes, controller) {
      const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > LARGEST_LINE) throw new RangeError('a line of the stream is too large');
      for (const line of lines) pass(line, controller);
    },
    flush(controller) {
      pass(rest + decoder.decode(), controller);
    },
  });
}
