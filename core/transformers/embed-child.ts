import { env, pipeline } from '@xenova/transformers';
import type { EmbedReply, EmbedRequest } from './child-messages.ts';

// Arguments: folder of models, model, threads. Started and ended by transformers-embedder.ts. Nothing is downloaded: a
// model that is not in the folder is an error.
const [modelsDir = '', model = '', threads = '1'] = process.argv.slice(2);
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = modelsDir;
env.useFSCache = false;
env.useBrowserCache = false;

// A stop of the service reaches the whole group of processes; this one goes when its parent has gone or ends it.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(0));

let queue = Promise.resolve();
const embed = pipeline('feature-extraction', model, {
  dtype: 'q8',
  device: 'cpu',
  session_options: { intraOpNumThreads: Number(threads), interOpNumThreads: 1 },
});
embed.catch(() => process.exit(1));
process.on('message', (request: EmbedRequest) => {
  queue = queue.then(() => answer(request));
});

async function answer({ id, text }: EmbedRequest): Promise<void> {
  let reply: EmbedReply;
  try {
    const output = await (await embed)(text, { pooling: 'mean', normalize: true });
    reply = { id, vector: Float32Array.from(output.data as Float32Array) };
    output.dispose();
  } catch (thrown) {
    reply = { id, failed: thrown instanceof Error ? thrown.name : 'unknown' };
  }
  process.send?.(reply);
}
