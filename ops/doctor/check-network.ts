import { z } from 'zod';
import type { Secret } from '../../config/secret.ts';
import type { Loaded } from './check-settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';

const ANSWER_MS = 10_000;
const OLLAMA_DEFAULT = 'http://127.0.0.1:11434';

const versions = z.object({ versions: z.array(z.string()) });
const server = z.object({ server: z.object({ name: z.string().max(40), version: z.string().max(80) }) });
const tags = z.object({ models: z.array(z.object({ name: z.string() })) });
const models = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Homeserver and model servers: reachable, and with what is asked of them. Nobody is logged in. */
export async function checkNetwork({ config, secrets }: Loaded): Promise<Finding[]> {
  return Promise.all([
    checkHomeserver(config.matrix.homeserver),
    checkModels('embedding', config.embedding, secrets.embeddingApiKey),
    checkModels('answering', config.answering, secrets.answeringApiKey),
  ]);
}

async function checkHomeserver(homeserver: string): Promise<Finding> {
  const answer = await ask(`${homeserver}/_matrix/client/versions`, versions);
  if ('problem' in answer) {
    return fail('homeserver', `${homeserver} ${answer.problem}`, 'Start the homeserver, or correct matrix.homeserver.');
  }
  const about = await ask(`${homeserver}/_matrix/federation/v1/version`, server);
  const name =
    'value' in about ? `${about.value.server.name} ${about.value.server.version}` : 'a homeserver of unknown make';
  const newest = answer.value.versions.filter((version) => /^v\d+\.\d+$/.test(version)).at(-1);
  // Authenticated media (MSC3916) is part of v1.11; without it encrypted files cannot be fetched as the bot does it.
  const [, minor = '0'] = newest?.slice(1).split('.') ?? [];
  return Number(minor) >= 11
    ? ok('homeserver', `${homeserver} answers (${name}, Matrix ${newest})`)
    : warn(
        'homeserver',
        `${homeserver} answers, but speaks ${newest ?? 'no released version'} (${name})`,
        'Update it: Matrix v1.11 or newer is needed.',
      );
}

type ModelSettings = Loaded['config']['embedding'] | Loaded['config']['answering'];

async function checkModels(
  section: 'embedding' | 'answering',
  settings: ModelSettings,
  key: Secret | undefined,
): Promise<Finding> {
  if (settings.kind === 'ollama') return checkOllama(section, settings);
  if (settings.kind === 'openai') return checkOpenAi(section, settings, key);
  if (settings.kind !== 'auto') return ok(section, `${section} is ${settings.kind}: no server is asked`);
  const answer = await ask(`${OLLAMA_DEFAULT}/api/tags`, tags);
  return 'problem' in answer
    ? ok(section, `${section} is auto, and there is no Ollama on this machine: it does with what is built in`)
    : ok(section, `${section} is auto, and Ollama is on this machine (${answer.value.models.length} models)`);
}

async function checkOllama(section: string, { url, model }: { url: string; model: string }): Promise<Finding> {
  const answer = await ask(`${url}/api/tags`, tags);
  if ('problem' in answer)
    return fail(section, `Ollama at ${url} ${answer.problem}`, `Start Ollama, or correct ${section}.url.`);
  const names = answer.value.models.map(({ name }) => name);
  // Ollama itself takes a name without a tag as `:latest`.
  return names.includes(model) || names.includes(`${model}:latest`)
    ? ok(section, `Ollama at ${url} has the model ${model}`)
    : fail(section, `Ollama at ${url} has no model ${model}`, `ollama pull ${model}, or correct ${section}.model.`);
}

async function checkOpenAi(
  section: string,
  { url, model }: { url: string; model: string },
  key: Secret | undefined,
): Promise<Finding> {
  const headers: Record<string, string> = key ? { authorization: `Bearer ${key.reveal()}` } : {};
  const answer = await ask(`${url}/models`, models, headers);
  if ('problem' in answer)
    return fail(section, `${url} ${answer.problem}`, `Start the server, or correct ${section}.url and its key file.`);
  return answer.value.data.some(({ id }) => id === model)
    ? ok(section, `${url} has the model ${model}`)
    : warn(
        section,
        `${url} does not list the model ${model}`,
        `Correct ${section}.model, unless the server loads models by name.`,
      );
}

/** The checked JSON answer of a GET, or the problem as the end of a sentence. */
async function ask<T>(
  url: string,
  shape: z.ZodType<T>,
  headers: Record<string, string> = {},
): Promise<{ value: T } | { problem: string }> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' });
    if (!response.ok) return { problem: `answers with status ${response.status}` };
    const parsed = shape.safeParse(await response.json());
    return parsed.success ? { value: parsed.data } : { problem: 'answers, but not with what was expected' };
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return { problem: 'answers, but not with what was expected' };
    const cause = (thrown as { cause?: { code?: unknown } }).cause?.code;
    return { problem: `does not answer${typeof cause === 'string' ? ` (${cause})` : ''}` };
  }
}
