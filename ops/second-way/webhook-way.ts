import { AppError } from '../../core/errors.ts';
import type { Way } from './way.ts';

/** Where alerts are posted; `token` goes along as a bearer. */
export interface WebhookOptions {
  readonly url: string;
  readonly token?: string;
}

const PATIENCE_MS = 20_000;

/** Alerts by `POST`, as JSON { severity, code, text, at, reference }, with `over: true` once it has ended. Any 2xx takes one; a redirect is not followed, the token stays here. */
export function webhookWay({ url, token }: WebhookOptions): Way {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return {
    name: 'webhook',
    async send({ severity, code, text, at, reference, over }, signal) {
      const response = await fetch(url, {
        ...{ method: 'POST', headers, redirect: 'manual' },
        body: JSON.stringify({ severity, code, text, at, reference, ...(over && { over }) }),
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      }).catch((thrown: unknown) => {
        signal.throwIfAborted();
        throw notReached(thrown);
      });
      await response.body?.cancel();
      if (!response.ok) throw new AppError('unavailable', `The webhook answered with status ${response.status}.`);
    },
  };
}

/** Why there was no answer, without the address: what may be wrong, by the code of the system. */
function notReached(cause: unknown): AppError {
  const { name, cause: inner } = cause as { readonly name?: string; readonly cause?: { readonly code?: string } };
  const code = name === 'TimeoutError' ? 'ETIMEDOUT' : (inner?.code ?? 'no code');
  const why = WHY[code] ?? 'The webhook was not reached';
  return new AppError('unavailable', `${why} (${code}).`, {
    hint: 'Look at alerts.webhook.url, and whether what listens there runs.',
    cause,
  });
}

const WHY: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'Nobody listens at the address of the webhook',
  ENOTFOUND: 'The name in the address of the webhook is not known',
  EAI_AGAIN: 'The name in the address of the webhook could not be looked up',
  ETIMEDOUT: 'The webhook did not answer in twenty seconds',
};
