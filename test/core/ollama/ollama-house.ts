import { createHash } from 'node:crypto';
import { type ModelServer, modelServer } from '../models/model-server.ts';

/** What a model of this house says to any question; an empty text breaks the reply off. */
type Says = string;

/** A manifest whose layer is named after what the model says, as a registry writes it. */
export function manifestOf(says: Says, more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const digest = `sha256:${sha256(says)}`;
  return {
    schemaVersion: 2,
    mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
    config: { mediaType: 'application/vnd.docker.container.image.v1+json', digest, size: 7 },
    layers: [{ mediaType: 'application/vnd.ollama.image.model', digest, size: says.length }],
    ...more,
  };
}

/** What a test may set up and look at. */
export interface OllamaHouse extends AsyncDisposable {
  readonly url: string;
  readonly registry: string;
  /** Manifests of the registry as it sends them, by path such as `library/smol/latest`. */
  readonly shelf: Map<string, string>;
  /** Models of the server by full name: the text of its manifest, which names what it says. */
  readonly models: Map<string, string>;
  /** Names of models that were made here from another one. */
  readonly madeHere: Set<string>;
  readonly registrySeen: ModelServer['seen'];
  readonly seen: ModelServer['seen'];
  /** Lets a model be there. */
  has(name: string, says: Says): void;
  /** Lets the registry offer one. */
  offers(path: string, says: Says): void;
  /** Answers of the server to `pull`; undefined: it pulls. */
  failPull: boolean;
}

/**
 * An Ollama server and its registry as far as an update meets them. The server keeps manifests as the real one does (0.17): in its
 * own writing, named by the SHA-256 of that. For newer models and failures at will; the real server has neither.
 */
export async function ollamaHouse(): Promise<OllamaHouse> {
  const shelf = new Map<string, string>();
  const models = new Map<string, string>();
  const says = new Map<string, Says>();
  const madeHere = new Set<string>();
  const registry = await modelServer(({ path }, response) => {
    const text = shelf.get(path.replace(/^\/v2\//, '').replace('/manifests/', '/'));
    if (text === undefined) response.writeHead(404).end('{}');
    else response.end(text);
  });
  const server = await modelServer(({ path, body }, response) => {
    const name = String(body.model ?? body.name ?? '');
    const pick = (wanted: string) => models.get(wanted) ?? models.get(`${wanted}:latest`);
    const found = pick(name);
    if (path === '/api/tags') {
      const listed = [...models].map(([one, text]) => ({ name: one, model: one, size: 7, digest: sha256(text) }));
      return void response.end(JSON.stringify({ models: listed }));
    }
    if (path === '/api/copy') {
      const source = pick(String(body.source));
      if (source === undefined) return void response.writeHead(404).end('{}');
      models.set(tagged(String(body.destination)), source);
      return void response.end();
    }
    if (path === '/api/pull') {
      const [model = '', namespace = 'library'] = tagged(name).split('/').reverse();
      const text = shelf.get(`${namespace}/${model.replace(':', '/')}`);
      const lines = [{ status: 'pulling manifest' }, { status: 'pulling', total: 2e6, completed: 1e6 }];
      for (const line of lines) response.write(`${JSON.stringify(line)}\n`);
      if (text === undefined || house.failPull) return void response.end('{"error":"no space left"}\n');
      models.set(tagged(name), inOwnWriting(text));
      return void response.end('{"status":"success"}\n');
    }
    if (found === undefined) return void response.writeHead(404).end('{}');
    if (path === '/api/delete') {
      models.delete(tagged(name));
      return void response.end();
    }
    if (path === '/api/show') {
      const details = { parent_model: madeHere.has(tagged(name)) ? 'smol:latest' : '' };
      return void response.end(JSON.stringify({ details, capabilities: ['completion'] }));
    }
    const said = says.get(found) ?? '';
    if (said === '') return void response.writeHead(500).end('{}');
    response.end(`${JSON.stringify({ message: { role: 'assistant', content: said }, done: true })}\n`);
  });
  const house: OllamaHouse = {
    ...{ url: server.url, registry: registry.url, shelf, models, madeHere },
    ...{ registrySeen: registry.seen, seen: server.seen, failPull: false },
    has(name, words) {
      const text = inOwnWriting(JSON.stringify(manifestOf(words)));
      says.set(text, words);
      models.set(tagged(name), text);
    },
    offers(path, words) {
      const text = JSON.stringify(manifestOf(words));
      says.set(inOwnWriting(text), words);
      shelf.set(path, text);
    },
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await registry[Symbol.asyncDispose]();
    },
  };
  return house;
}

function tagged(name: string): string {
  return /:[^/]*$/.test(name) ? name : `${name}:latest`;
}

/** Known fields, their order, no spaces. */
function inOwnWriting(text: string): string {
  const { schemaVersion, mediaType, config, layers } = JSON.parse(text) as ReturnType<typeof manifestOf>;
  return JSON.stringify({ schemaVersion, mediaType, config, layers });
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
