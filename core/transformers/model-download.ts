import { setTimeout as sleep } from 'node:timers/promises';
import type { ArrivalLog, ArrivalState, ModelArrival } from '../embed/model-arrival.ts';
import { errorCode } from '../errors.ts';
import { type FetchModel, fetchModel } from './fetch-model.ts';

/** Rests between tries in milliseconds; each failure doubles it, progress does not shorten it. */
const PACE = { firstRestMs: 60_000, longestRestMs: 60 * 60_000 };
const STEP_PERCENT = 10;
const OWNER = 'Xenova';

/**
 * The repository of a model on a hub: a name without an owner means the collection whose files are made for this
 * library.
 */
export function repositoryOf(model: string): string {
  return model.includes('/') ? model : `${OWNER}/${model}`;
}

/** The one download of a model at the start of a process, tried until it is there. Made by chooseEmbedder, run by whoever starts embedding. */
export class ModelDownload implements ModelArrival {
  readonly model: string;
  readonly #wanted: FetchModel;
  readonly #pace: typeof PACE;
  #state: ArrivalState = 'waiting';

  constructor(wanted: FetchModel, pace: Partial<typeof PACE> = {}) {
    this.model = wanted.model;
    this.#wanted = wanted;
    this.#pace = { ...PACE, ...pace };
  }

  /** For `!status`. */
  get state(): ArrivalState {
    return this.#state;
  }

  /** True when the model is there at the end; false when the hub's files are refused. Throws the signal's reason. */
  async run(log: ArrivalLog, signal: AbortSignal): Promise<boolean> {
    const { model } = this.#wanted;
    log.info({ model }, 'the embedding model is being downloaded; the built-in signals find meanwhile');
    for (let rest = this.#pace.firstRestMs; ; rest = Math.min(rest * 2, this.#pace.longestRestMs)) {
      try {
        this.#state = 'running';
        await fetchModel({ ...this.#wanted, signal, onProgress: logged(log, model) });
        this.#state = 'done';
        log.info({ model }, 'the embedding model is there');
        return true;
      } catch (thrown) {
        signal.throwIfAborted();
        const code = errorCode(thrown);
        this.#state = code === 'invalid' ? 'refused' : 'failing';
        log.warn({ model, code }, 'the embedding model was not downloaded');
        if (this.#state === 'refused') return false;
        await sleep(rest, undefined, { signal, ref: false }).catch(() => signal.throwIfAborted());
      }
    }
  }
}

/** One line per file and tenth of it, so that a log of a slow line shows that something comes. */
function logged(log: ArrivalLog, model: string): NonNullable<FetchModel['onProgress']> {
  let last = '';
  return ({ file, done, total }) => {
    if (total === undefined) return;
    const percent = Math.floor((100 * done) / total / STEP_PERCENT) * STEP_PERCENT;
    if (last === `${file} ${percent}`) return;
    last = `${file} ${percent}`;
    log.info({ model, part: file, percent, bytes: done }, 'downloading the embedding model');
  };
}
