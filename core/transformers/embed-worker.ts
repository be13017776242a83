import { parentPort, workerData } from 'node:worker_threads';
import { env, pipeline } from '@xenova/transformers';
import type { EmbedReply, EmbedRequest, WorkerSettings } from './worker-messages.ts';

// A thread of its own because the runtime blocks its thread's event loop while it computes. Nothing is downloaded: a
// model that is not in the folder is an error.
const { modelsDir, model, threads } = workerData as WorkerSettings;
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = modelsDir;
env.useFSCache = false;
env.useBrowserCache = false;

const port = parentPort!;
const embed = await pipeline('feature-extraction', model, {
  dtype: 'q8',
  device: 'cpu',
  session_options: { intraOpNumThreads: threads, interOpNumThreads: 1 },
});

let queue = Promise.resolve();
port.on('message', (request: EmbedRequest) => {
  queue = queue.then(() => answer(request));
});

async function answer({ id, text }: EmbedRequest): Promise<void> {
  let reply: EmbedReply;
  try {
    const output = await embed(text, { pooling: 'mean', normalize: true });
    reply = { id, vector: Float32Array.from(output.data as Float32Array) };
    output.dispose();
  } catch (thrown) {
    reply = { id, failed: thrown instanceof Error ? thrown.name : 'unknown' };
  }
  port.postMessage(reply, 'vector' in reply ? [reply.vector.buffer as ArrayBuffer] : []);
}
