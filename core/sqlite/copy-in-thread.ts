import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { AppError } from '../errors.ts';
import type { KeyedFile } from './copy-under-key.ts';

type Reply =
  | { ok: true }
  | { ok: false; message: string; error?: ConstructorParameters<typeof AppError>[2] & { code: AppError['code'] } };

/**
 * `copyUnderKey` in a thread of its own: the caller's process goes on with its work meanwhile. The thread gets its own
 * copies of the keys and wipes them. Rejects with what `copyUnderKey` throws.
 */
export async function copyInThread(from: KeyedFile, to: KeyedFile): Promise<void> {
  const worker = new Worker(new URL('./copy-worker.ts', import.meta.url), { workerData: { from, to } });
  try {
    const [reply] = (await once(worker, 'message')) as [Reply];
    if (reply.ok) return;
    const { error, message } = reply;
    if (error === undefined) throw new Error(message);
    const { code, ...more } = error;
    throw new AppError(code, message, more);
  } finally {
    await worker.terminate();
  }
}
