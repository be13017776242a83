import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { prepareDocument } from '../core/ingest/prepare-document.ts';
import type { BotMeter } from '../core/meter.ts';
import type { Ask } from './handle-question.ts';

/** Answers as `ask` does, and counts how it ended. Put in by the bot. */
export function meteredAsk(ask: Ask, meter: BotMeter, clock: Clock): Ask {
  return async (caller, question, options) => {
    const started = clock();
    const seconds = () => Math.max(0, clock() - started) / 1000;
    try {
      const answer = await ask(caller, question, options);
      meter.answered(seconds(), 'answered');
      return answer;
    } catch (error) {
      meter.answered(seconds(), options.signal.aborted ? 'stopped' : 'failed');
      throw error;
    }
  };
}

/** Reads files as `prepare` does, and counts how that ended. Put in by the bot. */
export function meteredPrepare(prepare: typeof prepareDocument, meter: BotMeter): typeof prepareDocument {
  return async (file, options) => {
    try {
      const prepared = await prepare(file, options);
      meter.file(prepared.document.kind, 'read');
      return prepared;
    } catch (error) {
      if (options.signal?.aborted) throw error;
      // What a refused file calls itself may be anything: its format is not among those that are counted by name.
      meter.file('other', error instanceof AppError && !isOurs(error) ? 'refused' : 'failed');
      throw error;
    }
  };
}

function isOurs({ code }: AppError): boolean {
  return code === 'internal' || code === 'unavailable';
}
