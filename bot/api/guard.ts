import type { IncomingMessage } from 'node:http';
import type { BlockList } from 'node:net';
import type { ApiScope, OpenedKey } from '../../core/api-key.ts';
import { readApiKey } from '../../core/api-key-text.ts';
import type { Clock } from '../../core/clock.ts';
import type { ApiDesk } from './api-desk.ts';
import { clientAddress } from './client-address.ts';
import { type GuessLimits, GuessWatch } from './guess-watch.ts';
import { HttpError, type HttpErrorCode } from './http-error.ts';
import { type Rate, RateLimit } from './rate-limit.ts';

/** How much one key may ask for: of everything, and of what takes long. */
export type ApiRates = Readonly<Record<'all' | ApiScope, Rate>>;

export const API_RATES: ApiRates = {
  all: { burst: 60, perMinute: 120 },
  upload: { burst: 60, perMinute: 60 },
  read: { burst: 60, perMinute: 120 },
  ask: { burst: 10, perMinute: 20 },
  export: { burst: 5, perMinute: 0.5 },
  delete: { burst: 30, perMinute: 30 },
};

/** What the guard is made of. */
export interface GuardParts {
  readonly rates: ApiRates;
  readonly guesses: GuessLimits;
  readonly proxies: BlockList;
  readonly clock: Clock;
}

const KEY_REASONS = { typo: 'api-key-typo', other: 'api-key-unknown' } as const;

/** Lets in who has a key that fits, as often as it may; and slows who tries. */
export class ApiGuard {
  readonly #proxies: BlockList;
  readonly #rates: Readonly<Record<'all' | ApiScope, RateLimit>>;
  readonly #guesses: GuessWatch;

  constructor({ rates, guesses, proxies, clock }: GuardParts) {
    this.#proxies = proxies;
    this.#guesses = new GuessWatch(guesses, clock);
    const limit = (name: 'all' | ApiScope) => new RateLimit(rates[name], clock);
    this.#rates = {
      ...{ all: limit('all'), upload: limit('upload'), read: limit('read') },
      ...{ ask: limit('ask'), export: limit('export'), delete: limit('delete') },
    };
  }

  /**
   * Whose key a request brings. Throws HttpError `unauthenticated` (`api-key-missing`, `api-key-typo`, `api-key-unknown`,
   * `api-key-ended`) and `rate-limited` (`api-key-guessing`).
   */
  open(request: IncomingMessage, desk: Pick<ApiDesk, 'keys' | 'alerts'>): OpenedKey {
    const address = clientAddress(request, this.#proxies);
    const wait = this.#guesses.waitOf(address);
    if (wait > 0) throw limited('api-key-guessing', wait);
    const text = /^Bearer +(\S{1,200}) *$/i.exec(request.headers.authorization ?? '')?.[1];
    if (text === undefined) throw refused('api-key-missing');
    const read = readApiKey(text);
    const opened = typeof read === 'string' ? read : desk.keys.open(text);
    if (typeof opened !== 'string') {
      this.#guesses.right(address);
      return opened;
    }
    // One that was right once is no guess: an old scanner must not shut the whole family out.
    if (opened === 'ended') throw refused('api-key-ended');
    this.#guesses.wrong(address, desk.alerts);
    throw refused(opened === 'unknown' ? 'api-key-unknown' : KEY_REASONS[opened]);
  }

  /** Throws HttpError `rate-limited` (`api-rate`) when a key asks for more than it may. */
  pace(id: string, scope: ApiScope): void {
    const wait = this.#rates.all.take(id) || this.#rates[scope].take(id);
    if (wait > 0) throw limited('api-rate', wait);
  }

  /** Called about once a minute. */
  tick(desk: Pick<ApiDesk, 'alerts'>): void {
    this.#guesses.tick(desk.alerts);
  }
}

function refused(reason: string): HttpError {
  return new HttpError('unauthenticated', 'no key that fits', { reason });
}

function limited(reason: string, wait: number): HttpError {
  const seconds = Math.max(1, Math.ceil(wait));
  const code: HttpErrorCode = 'rate-limited';
  return new HttpError(code, 'too much at once', { reason, facts: { seconds }, retrySeconds: seconds });
}
