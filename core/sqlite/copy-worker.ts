import { parentPort, workerData } from 'node:worker_threads';
import { AppError } from '../errors.ts';
import { wipe } from '../keys/wipe.ts';
import { copyUnderKey, type KeyedFile } from './copy-under-key.ts';

// A thread of its own, so that the bot answers while a large file is written anew (copy-in-thread.ts).
const { from, to } = workerData as { from: KeyedFile; to: KeyedFile };
try {
  copyUnderKey(from, to);
  parentPort?.postMessage({ ok: true });
} catch (thrown) {
  const { code, message, reason, hint, facts } = thrown as Partial<AppError>;
  const isOurs = thrown instanceof AppError;
  parentPort?.postMessage({ ok: false, message, ...(isOurs && { error: { code, reason, hint, facts } }) });
} finally {
  wipe(from.key, to.key);
}
