import { availableParallelism } from 'node:os';
import { env, pipeline } from '@xenova/transformers';
import { prefixFor } from '../../../core/embed/text-prefix.ts';

/** The bare pipeline of transformers.js, loaded and warm, with the threads that the product gives its own (transformers-embedder.ts). */
export async function bareEmbedder(modelsDir: string, model: string): Promise<(text: string) => Promise<unknown>> {
  env.allowRemoteModels = false;
  env.localModelPath = modelsDir;
  const embed = await pipeline('feature-extraction', model, {
    dtype: 'q8',
    device: 'cpu',
    session_options: { intraOpNumThreads: Math.min(4, availableParallelism()), interOpNumThreads: 1 },
  });
  const { passage } = prefixFor(model);
  const of = (text: string) => embed(passage + text, { pooling: 'mean', normalize: true });
  await of('warm up');
  return of;
}
