import type { AlertLog } from '../core/alert.ts';
import { errorCode } from '../core/errors.ts';
import { type Logger, reference } from '../core/log.ts';
import type { LanguageModel } from '../core/question.ts';

const ALERT = 'model-failing';
/** One failure may be a restart of its server. */
const TOLD_AFTER = 2;

interface WatchParts {
  readonly alerts: Pick<AlertLog, 'raise' | 'clear'>;
  readonly log: Logger;
}

/** The same model, which tells the admins when it fails again and again, and when it works again. Put in by the entry file. */
export function watchedModel(model: LanguageModel, { alerts, log }: WatchParts): LanguageModel {
  let failures = 0;
  const failed = (error: unknown) => {
    failures += 1;
    const ref = reference();
    log.warn({ err: error, failures, reference: ref }, 'the language model failed');
    if (failures < TOLD_AFTER) return;
    alerts.raise({ code: 'model-failing', severity: 'warning', key: ALERT, facts: { reference: ref } });
  };
  return {
    model: model.model,
    contextTokens: model.contextTokens,
    async *stream(messages, options) {
      try {
        yield* model.stream(messages, options);
      } catch (error) {
        if (!options.signal?.aborted && errorCode(error) === 'unavailable') failed(error);
        throw error;
      }
      failures = 0;
      // Also one that an earlier process raised.
      alerts.clear(ALERT);
    },
  };
}
