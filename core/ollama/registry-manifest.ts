import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { OllamaName } from './ollama-name.ts';

/** Longest manifest that is read; a real one has a few hundred bytes. */
const LARGEST = 1024 * 1024;
const LIMIT_MS = 30_000;

const blob = z.object({ mediaType: z.string(), digest: z.string(), size: z.int() });
const named = blob.extend({ from: z.string().optional(), name: z.string().optional() });
const shape = z.object({
  schemaVersion: z.int(),
  mediaType: z.string().default(''),
  config: named,
  layers: z.array(named),
});

/**
 * The digests that the manifest of a registry may have on a server that pulled it, hex, the registry's own first; `absent`: the
 * registry has no such model. A server writes down what it understood of a manifest and names it by the SHA-256 of that
 * (Ollama 0.17, server/images.go), so it may differ from the registry's own. Asks for nothing but the name. Throws when the
 * registry cannot be reached in time, or answers with something else.
 */
export async function registryDigests(
  registry: string,
  { namespace, model, tag }: OllamaName,
  signal: AbortSignal,
): Promise<readonly [string, ...string[]] | 'absent'> {
  const response = await fetch(`${registry}/v2/${namespace}/${model}/manifests/${tag}`, {
    headers: { accept: 'application/vnd.docker.distribution.manifest.v2+json' },
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]),
  });
  if (response.status === 404) {
    await response.body?.cancel();
    return 'absent';
  }
  if (!response.ok || !response.body) {
    await response.body?.cancel();
    throw new Error(`status ${response.status}`);
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body) {
    bytes += chunk.length;
    if (bytes > LARGEST) throw new RangeError('the manifest is too large');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  return [sha256(text), sha256(asWritten(shape.parse(JSON.parse(text))))];
}

/** As Go's encoding/json writes it: the known fields in their order, without spaces, three signs escaped. */
function asWritten({ schemaVersion, mediaType, config, layers }: z.infer<typeof shape>): string {
  const ordered = { schemaVersion, mediaType, config: inOrder(config), layers: layers.map(inOrder) };
  return JSON.stringify(ordered).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function inOrder({ mediaType, digest, size, from, name }: z.infer<typeof named>) {
  return { mediaType, digest, size, ...(from && { from }), ...(name && { name }) };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
