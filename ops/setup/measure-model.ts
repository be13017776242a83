import { z } from 'zod';
import { ollamaModels } from '../../core/ollama/ollama-models.ts';

const TAGS = z.object({ models: z.array(z.object({ name: z.string(), size: z.number().optional() })) });
const ANSWER = z.object({ eval_count: z.number().positive(), eval_duration: z.number().positive() });

const LOOK_MS = 3_000;
/** A cold model of a small machine takes a minute to be read from the disk. */
const ANSWER_MS = 180_000;
const TOKENS = 32;

/** How quickly a model of Ollama answers on this machine. */
export interface Measured {
  readonly model: string;
  readonly tokensPerSecond: number;
}

/**
 * Lets the model word a short answer and takes the time of the wording, without that of its loading; without a name the largest one that is
 * there, but for those that only make vectors. undefined: no Ollama here, or no such model, or no answer within three minutes.
 */
export async function measureModel(url: string, name: string | undefined): Promise<Measured | undefined> {
  const there = (await modelsAt(url)) ?? [];
  const speaking = there.filter((one) => !/embed|bge|minilm|e5/i.test(one.name));
  const found =
    name === undefined
      ? speaking.sort((a, b) => (b.size ?? 0) - (a.size ?? 0))[0]
      : there.find((one) => hasModel([one.name], name));
  if (found === undefined) return undefined;
  const body = {
    model: found.name,
    prompt: 'Count from one to thirty in words.',
    stream: false,
    options: { num_predict: TOKENS },
  };
  const answer = ANSWER.safeParse(await ask(`${url}/api/generate`, body, ANSWER_MS)).data;
  // Ollama counts in nanoseconds.
  return answer && { model: found.name, tokensPerSecond: answer.eval_count / (answer.eval_duration / 1e9) };
}

/** Names of the models that an Ollama has; null: there is none. */
export async function modelNames(url: string): Promise<string[] | null> {
  return (await modelsAt(url))?.map(({ name }) => name) ?? null;
}

/** The model that the bot chooses there by itself (core/models/choose.ts); null: none that words answers, or no Ollama. */
export async function speakingModel(url: string): Promise<string | null> {
  const models = await ollamaModels(url, LOOK_MS);
  return models?.find(({ canChat }) => canChat)?.name ?? null;
}

/** Ollama itself takes a name without a tag as `:latest`. */
export function hasModel(names: readonly string[], model: string): boolean {
  return names.includes(model) || names.includes(`${model}:latest`);
}

async function modelsAt(url: string): Promise<z.infer<typeof TAGS>['models'] | undefined> {
  return TAGS.safeParse(await ask(`${url}/api/tags`, undefined, LOOK_MS)).data?.models;
}

async function ask(url: string, body: object | undefined, patienceMs: number): Promise<unknown> {
  try {
    const response = await fetch(url, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(patienceMs),
      redirect: 'error',
    });
    return response.ok ? await response.json() : undefined;
  } catch {
    return undefined;
  }
}
