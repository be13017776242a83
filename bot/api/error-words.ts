import type { z } from 'zod';
import type { Language } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { plainText } from '../../core/wording/markdown.ts';
import { withoutJoiners } from '../../core/wording/quote.ts';
import { sayError } from '../wording/say.ts';
import { httpFailure } from './http-error.ts';
import type { errorShape } from './shapes.ts';

type ErrorBody = z.infer<typeof errorShape>['error'];

/** Puts what was thrown into words: the third place where that happens, beside dispatcher and job runner. */
export interface ErrorWords {
  readonly language: Language;
  of(thrown: unknown): ErrorBody;
}

/** Errors of one request, under its reference; an internal one is logged with it. */
export function errorWords(language: Language, reference: string, log: Logger): ErrorWords {
  return {
    language,
    of(thrown) {
      const { code } = httpFailure(thrown);
      if (code === 'internal') log.error({ err: thrown, reference }, 'a request failed');
      const reason = thrown instanceof AppError ? (thrown.reason ?? null) : null;
      return { code, reason, message: withoutJoiners(plainText(sayError(language, thrown, reference))), reference };
    },
  };
}
