import { ollamaClient } from './ollama-client.ts';
import { isBeside } from './ollama-name.ts';

/**
 * A model that an Ollama server has. `contextTokens` is what it was trained for, `setContext` what
 * its own file sets (`PARAMETER num_ctx`); undefined when the server does not say.
 */
export interface OllamaModel {
  readonly name: string;
  readonly bytes: number;
  readonly canChat: boolean;
  readonly canEmbed: boolean;
  readonly contextTokens: number | undefined;
  readonly setContext: number | undefined;
}

/** The models of an Ollama server, largest first, without what an update keeps beside them; undefined when nothing answers there within the time. */
export async function ollamaModels(url: string, timeoutMs: number): Promise<OllamaModel[] | undefined> {
  try {
    const client = ollamaClient(url, AbortSignal.timeout(timeoutMs));
    const { models } = await client.list();
    const found: OllamaModel[] = [];
    for (const { name, size } of models.filter((model) => !isBeside(model.name))) {
      const shown = (await client.show({ model: name })) as {
        capabilities?: string[];
        model_info?: unknown;
        parameters?: unknown;
      };
      const abilities = shown.capabilities ?? [];
      found.push({
        name,
        bytes: size,
        canChat: abilities.includes('completion') && !abilities.includes('embedding'),
        canEmbed: abilities.includes('embedding'),
        contextTokens: contextOf(shown.model_info),
        setContext: setContextOf(shown.parameters),
      });
    }
    return found.sort((a, b) => b.bytes - a.bytes);
  } catch {
    return undefined;
  }
}

/** `<architecture>.context_length` of the model's own facts. */
function contextOf(info: unknown): number | undefined {
  const entries = info instanceof Map ? [...info] : Object.entries((info ?? {}) as Record<string, unknown>);
  const entry = entries.find(([key]) => String(key).endsWith('.context_length'));
  return typeof entry?.[1] === 'number' && entry[1] > 0 ? entry[1] : undefined;
}

/** `num_ctx` among the parameters, one to a line: "num_ctx    16384". */
function setContextOf(parameters: unknown): number | undefined {
  const [, tokens] = /^num_ctx\s+(\d{1,9})\s*$/m.exec(typeof parameters === 'string' ? parameters : '') ?? [];
  return tokens === undefined || Number(tokens) === 0 ? undefined : Number(tokens);
}
