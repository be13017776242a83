import { fileURLToPath } from 'node:url';
import { PATIENCE_MS } from '../patience.ts';
import { freePort, type PythonChild, startPythonChild } from './python-child.ts';

/** A small real language model behind llama.cpp's OpenAI-compatible server. Real in its paths, weak in its wisdom. */
export interface LlmServer {
  /** Up to and with `/v1`, as an OpenAI-compatible endpoint is given in settings. */
  readonly baseUrl: string;
  readonly model: string;
  readonly contextTokens: number;
  readonly pid: number;
  stop(): Promise<void>;
}

/**
 * Starts the server on a free port and waits until the model is loaded. Needs the laboratory's part `llm`. One thread is the
 * default because llama.cpp's threads wait for each other by spinning: on a busy machine two are ten times slower than one.
 */
export async function startLlmServer(options: { contextTokens?: number; threads?: number } = {}): Promise<LlmServer> {
  const contextTokens = options.contextTokens ?? 4096;
  const port = await freePort();
  const child: PythonChild = await startPythonChild({
    part: 'llm',
    module: 'small_model',
    args: [String(port), String(contextTokens), String(options.threads ?? 1)],
    cwd: fileURLToPath(new URL('./llm', import.meta.url)),
    ready: async () => (await fetch(`http://127.0.0.1:${port}/health`)).ok,
    timeoutMs: PATIENCE_MS,
  });
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    model: 'smollm2-135m',
    contextTokens,
    pid: child.pid,
    stop: () => child.stop(0),
  };
}
