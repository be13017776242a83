import type { BackgroundEmbedder } from '../core/embed/background-embedder.ts';
import type { ArrivalLog, ModelArrival } from '../core/embed/model-arrival.ts';
import { errorCode } from '../core/errors.ts';

/**
 * Starts the background embedding, first bringing the model where it has to be downloaded: until it is there the built-in
 * signals find, then embedding begins without a restart. The handle stops both. Called by the entry files of bot and
 * console.
 */
export function startEmbedding(
  background: BackgroundEmbedder,
  download: Pick<ModelArrival, 'run'> | undefined,
  log: ArrivalLog,
): AsyncDisposable {
  if (!download) return background.start();
  const stop = new AbortController();
  const working = download.run(log, stop.signal).then(
    (isThere) => {
      if (isThere && !stop.signal.aborted) background.start();
    },
    (thrown: unknown) => {
      if (!stop.signal.aborted) log.warn({ code: errorCode(thrown) }, 'the download of the embedding model ended');
    },
  );
  return {
    async [Symbol.asyncDispose]() {
      stop.abort();
      await working;
      await background.stop();
    },
  };
}
