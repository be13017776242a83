import { AppError } from '../../core/errors.ts';
import type { Way } from './way.ts';

/** Where alerts are posted; `token` goes along as a bearer. */
export interface WebhookOptions {
  readonly url: string;
  readonly token?: string;
}

const PATIENCE_MS = 20_000;

/** Alerts by `POST`, as JSON { severity, code, text, at, reference }. Any 2xx takes one; a redirect is not followed, the token stays here. */
export function webhookWay({ url, token }: WebhookOptions): Way {
  const headers = {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
  };
  return {
    name: 'webhook',
    async send({ severity, code, text, at, reference }, signal) {
      const response = await fetch(url, {
        ...{
          method: 'POST',
          headers,
          redirect: 'manual',
          body: JSON.stringify({ severity, code, text, at, reference }),
        },
        signal: AbortSignal.any([signal, AbortSignal.timeout(PATIENCE_MS)]),
      });
      await response.body?.cancel();
      if (!response.ok) throw new AppError('unavailable', `The webhook answered with status ${response.status}.`);
    },
  };
}
