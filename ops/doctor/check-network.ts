import { z } from 'zod';
import type { Secret } from '../../config/secret.ts';
import { compose } from '../fixes/commands.ts';
import type { Loaded } from './check-settings.ts';
import { type Finding, fail, ok, warn } from './finding.ts';
import type { Telling } from './telling.ts';

const ANSWER_MS = 10_000;
const OLLAMA_DEFAULT = 'http://127.0.0.1:11434';

const versions = z.object({ versions: z.array(z.string()) });
const server = z.object({ server: z.object({ name: z.string().max(40), version: z.string().max(80) }) });
const tags = z.object({ models: z.array(z.object({ name: z.string() })) });
const models = z.object({ data: z.array(z.object({ id: z.string() })) });

/** Homeserver and model servers: reachable, and with what is asked of them. Nobody is logged in. */
export async function checkNetwork({ config, secrets }: Loaded, telling: Telling): Promise<Finding[]> {
  return Promise.all([
    checkHomeserver(config.matrix.homeserver, telling),
    checkModels({ section: 'embedding', settings: config.embedding, key: secrets.embeddingApiKey }, telling),
    checkModels({ section: 'answering', settings: config.answering, key: secrets.answeringApiKey }, telling),
  ]);
}

async function checkHomeserver(homeserver: string, { say, host }: Telling): Promise<Finding> {
  const answer = await ask(`${homeserver}/_matrix/client/versions`, versions);
  if ('problem' in answer) {
    // In containers the homeserver is one of ours.
    const command = host.engine.name === 'none' ? '' : compose(host, 'up -d synapse');
    return fail('homeserver', problemOf(homeserver, answer, say), say('homeserver.away.fix', { command }));
  }
  const about = await ask(`${homeserver}/_matrix/federation/v1/version`, server);
  const name =
    'value' in about ? `${about.value.server.name} ${about.value.server.version}` : say('homeserver.unknown');
  const newest = answer.value.versions.filter((version) => /^v\d+\.\d+$/.test(version)).at(-1);
  const facts = { url: homeserver, name, newest: newest ?? '' };
  // Authenticated media (MSC3916) is part of v1.11; without it encrypted files cannot be fetched as the bot does it.
  const [, minor = '0'] = newest?.slice(1).split('.') ?? [];
  return Number(minor) >= 11
    ? ok('homeserver', say('homeserver.answers', facts))
    : warn('homeserver', say('homeserver.old', facts), say('homeserver.old.fix'));
}

interface ModelPlace {
  readonly section: 'embedding' | 'answering';
  readonly settings: Loaded['config']['embedding'] | Loaded['config']['answering'];
  readonly key: Secret | undefined;
}

async function checkModels({ section, settings, key }: ModelPlace, telling: Telling): Promise<Finding> {
  const { say } = telling;
  if (settings.kind === 'ollama') return checkOllama(section, settings, telling);
  if (settings.kind === 'openai') return checkOpenAi({ section, ...settings, key }, telling);
  if (settings.kind !== 'auto') return ok(section, say('model.no-server', { section, kind: settings.kind }));
  const answer = await ask(`${OLLAMA_DEFAULT}/api/tags`, tags);
  return 'problem' in answer
    ? ok(section, say('model.no-ollama', { section }))
    : ok(section, say('model.ollama', { section, count: answer.value.models.length }));
}

async function checkOllama(
  section: string,
  { url, model }: { url: string; model: string },
  { say, host }: Telling,
): Promise<Finding> {
  const what = `Ollama (${url})`;
  const answer = await ask(`${url}/api/tags`, tags);
  if ('problem' in answer)
    return fail(section, problemOf(what, answer, say), say('model.start', { section, isOllama: true }));
  const names = answer.value.models.map(({ name }) => name);
  // Ollama itself takes a name without a tag as `:latest`.
  if (names.includes(model) || names.includes(`${model}:latest`))
    return ok(section, say('model.there', { what, model }));
  // The gate of the containers lets nobody change models but the one service that fetches them.
  const fetches =
    host.engine.name === 'none'
      ? `ollama pull ${model}`
      : compose(host, `--profile models run --rm fetch-models ${model}`);
  return fail(section, say('model.missing', { what, model }), say('model.fetch', { section, command: fetches }));
}

async function checkOpenAi(
  { section, url, model, key }: { section: string; url: string; model: string; key: Secret | undefined },
  { say }: Telling,
): Promise<Finding> {
  const headers: Record<string, string> = key ? { authorization: `Bearer ${key.reveal()}` } : {};
  const answer = await ask(`${url}/models`, models, headers);
  if ('problem' in answer)
    return fail(section, problemOf(url, answer, say), say('model.start', { section, isOllama: false }));
  return answer.value.data.some(({ id }) => id === model)
    ? ok(section, say('model.there', { what: url, model }))
    : warn(section, say('model.unlisted', { what: url, model }), say('model.unlisted.fix', { section }));
}

/** `status`: 0 where nothing came. */
type Unanswered =
  | { readonly problem: 'away'; readonly status: number; readonly code: string }
  | { readonly problem: 'odd' };

function problemOf(what: string, answer: Unanswered, say: Telling['say']): string {
  return answer.problem === 'odd'
    ? say('server.odd', { what })
    : say('server.away', { what, status: answer.status, code: answer.code });
}

/** The checked JSON answer of a GET, or why there is none. */
async function ask<T>(
  url: string,
  shape: z.ZodType<T>,
  headers: Record<string, string> = {},
): Promise<{ value: T } | Unanswered> {
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(ANSWER_MS), redirect: 'error' });
    if (!response.ok) return { problem: 'away', status: response.status, code: '' };
    const parsed = shape.safeParse(await response.json());
    return parsed.success ? { value: parsed.data } : { problem: 'odd' };
  } catch (thrown) {
    if (thrown instanceof SyntaxError) return { problem: 'odd' };
    const cause = (thrown as { cause?: { code?: unknown } }).cause?.code;
    return { problem: 'away', status: 0, code: typeof cause === 'string' ? cause : '' };
  }
}
