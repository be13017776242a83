import { expect, test } from 'vitest';
import { ollamaName } from '../../../core/ollama/ollama-name.ts';
import { registryDigests } from '../../../core/ollama/registry-manifest.ts';
import { modelServer } from '../models/model-server.ts';

const blob = (kind: string, letter: string, size: number) => ({
  mediaType: `application/vnd.${kind}`,
  digest: `sha256:${letter.repeat(64)}`,
  size,
});
const MANIFEST = {
  schemaVersion: 2,
  mediaType: 'application/vnd.docker.distribution.manifest.v2+json',
  config: blob('docker.container.image.v1+json', 'a', 486),
  layers: [blob('ollama.image.model', 'b', 4_683_073_952), blob('ollama.image.license', 'c', 11_343)],
};
const ODD = { from: '/root/<x>&"é"\u2028', name: 'té.<w>&' };

async function digestsOf(text: string): Promise<readonly string[] | 'absent'> {
  await using registry = await modelServer((_request, response) => void response.end(text));
  return await registryDigests(registry.url, ollamaName('smol')!, new AbortController().signal);
}

// The digests are those that Ollama 0.17.4 reports of these manifests: its packages `manifest` and `types/model`, called as `PullModel` does.
test.each([
  ['with spaces and a field more', JSON.stringify({ ...MANIFEST, annotations: { a: 1 } }, null, 3), 'd2e44e80'],
  ['in another order', JSON.stringify(Object.fromEntries(Object.entries(MANIFEST).reverse())), 'd2e44e80'],
  [
    'with signs that Go escapes',
    JSON.stringify({ ...MANIFEST, layers: MANIFEST.layers.map((one) => ({ ...one, ...ODD })) }),
    '0b90b2d4',
  ],
])('a manifest %s has the digest that Ollama gives it', async (_how, text, digest) => {
  expect(await digestsOf(text)).toContainEqual(expect.stringMatching(new RegExp(`^${digest}`)));
});

test('what is no manifest is refused, and so is one without an end', async () => {
  await expect(digestsOf('{"errors":[]}')).rejects.toThrow();
  await expect(digestsOf(`{"x":"${'y'.repeat(2_000_000)}"}`)).rejects.toThrow('too large');
});
