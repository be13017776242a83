import type { LocalConfig } from '../../config/config.ts';
import type { HealthOptions } from '../jobs/health.ts';

/** Where the servers answer that the settings name: of models, and Qdrant. What `auto` finds by itself is no promise, and not watched. */
export function serversBeside({ answering, embedding, store }: LocalConfig): HealthOptions['servers'] {
  const model = (one: { readonly kind: string; readonly url?: string }) =>
    one.url === undefined ? undefined : one.kind === 'ollama' ? `${one.url}/api/version` : `${one.url}/models`;
  const [answers, embeds] = [model(answering), model(embedding)];
  return {
    ...(answers !== undefined && { answering: answers }),
    ...(embeds !== undefined && { embedding: embeds }),
    ...(store.kind === 'qdrant' && { index: `${store.url}/healthz` }),
  };
}
