import { z } from 'zod';

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
  const there = TAGS.safeParse(await ask(`${url}/api/tags`, undefined, LOOK_MS)).data?.models ?? [];
  const speaking = there.filter((one) => !/embed|bge|minilm|e5/i.test(one.name));
  const wanted = name?.includes(':') ? name : name && `${name}:latest`;
  const found =
    name === undefined
      ? speaking.sort((a, b) => (b.size ?? 0) - (a.size ?? 0))[0]
      : there.find((one) => one.name === wanted);
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
