import { AppError } from '../errors.ts';

/** An OpenAI-compatible server. `url` is its base with or without `/v1`. */
export interface OpenAiSettings {
  readonly url: string;
  readonly model: string;
  readonly apiKey?: string | undefined;
}

const LARGEST_REPLY = 16 << 20;

/** `<base>/v1/<path>`; a base that ends in /v1, /v3 and the like is taken as it is. */
export function endpoint(url: string, path: string): string {
  const base = url.replace(/\/+$/, '');
  return /\/v\d+[a-z]*$/.test(base) ? `${base}/${path}` : `${base}/v1/${path}`;
}

/**
 * One POST. Redirects are refused: they could carry key and words to another host. Throws AppError `unavailable` for any
 * status but 2xx (the body is not repeated: servers quote prompts in their errors).
 */
export async function post(
  settings: OpenAiSettings,
  path: string,
  options: { body: unknown; signal?: AbortSignal },
): Promise<Response> {
  const response = await fetch(endpoint(settings.url, path), {
    method: 'POST',
    headers: headersFor(settings),
    body: JSON.stringify(options.body),
    redirect: 'error',
    ...(options.signal && { signal: options.signal }),
  });
  if (response.ok) return response;
  await response.body?.cancel();
  throw statusError(response.status);
}

/** The JSON of a reply, at most 16 MB. */
export async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > LARGEST_REPLY) throw new AppError('unavailable', 'The model server sent more than could be right.');
    chunks.push(chunk);
  }
  return JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

/** What a server says about one model and the context it runs it with; undefined when the server cannot be asked or does not list it. */
export async function probeModel(
  settings: OpenAiSettings,
  signal: AbortSignal,
): Promise<{ readonly contextTokens: number | undefined } | undefined> {
  try {
    const response = await fetch(endpoint(settings.url, 'models'), {
      headers: headersFor(settings),
      redirect: 'error',
      signal,
    });
    if (!response.ok) return undefined;
    const { data } = (await readJson(response)) as {
      data?: ListedModel[];
    };
    const found = data?.find((entry) => entry.id === settings.model);
    if (!found) return undefined;
    return { contextTokens: listedContext(found) ?? (await runningContext(settings, signal)) ?? trainedContext(found) };
  } catch {
    return undefined;
  }
}

interface ListedModel {
  readonly id?: unknown;
  readonly max_model_len?: unknown;
  readonly context_length?: unknown;
  readonly context_window?: unknown;
  readonly meta?: unknown;
}

/** vLLM names the context max_model_len, llama.cpp meta.n_ctx, hosts of many models context_length or context_window. */
function listedContext(model: ListedModel): number | undefined {
  const { n_ctx: own } = (model.meta ?? {}) as { n_ctx?: unknown };
  return firstCount([model.max_model_len, own, model.context_length, model.context_window]);
}

/** What the model was trained for: a server may run it with less, so this is the last resort. */
function trainedContext(model: ListedModel): number | undefined {
  return firstCount([(model.meta as { n_ctx_train?: unknown } | undefined)?.n_ctx_train]);
}

/**
 * The context that llama.cpp's server really runs with, for each of its slots, which /v1/models does not tell. Source:
 * `GET /props` of its server. undefined for other servers.
 */
async function runningContext(settings: OpenAiSettings, signal: AbortSignal): Promise<number | undefined> {
  const base = settings.url.replace(/\/+$/, '').replace(/\/v\d+[a-z]*$/, '');
  try {
    const response = await fetch(`${base}/props`, { headers: headersFor(settings), redirect: 'error', signal });
    if (!response.ok) return void (await response.body?.cancel());
    const props = (await readJson(response)) as { default_generation_settings?: { n_ctx?: unknown } };
    return firstCount([props.default_generation_settings?.n_ctx]);
  } catch {
    return undefined;
  }
}

function firstCount(values: readonly unknown[]): number | undefined {
  return values.find((value): value is number => typeof value === 'number' && value > 0);
}

function headersFor({ apiKey }: OpenAiSettings): Record<string, string> {
  return { 'content-type': 'application/json', ...(apiKey && { authorization: `Bearer ${apiKey}` }) };
}

function statusError(status: number): AppError {
  const hints: Record<number, string> = {
    401: 'The API key is missing or wrong.',
    403: 'The API key may not use this model.',
    404: 'The server does not know this model or this address.',
    429: 'The server is overloaded or the quota is used up.',
  };
  return new AppError('unavailable', `The model server answered with status ${status}.`, {
    reason: 'model-failed',
    facts: { status },
    ...(hints[status] && { hint: hints[status] }),
  });
}
