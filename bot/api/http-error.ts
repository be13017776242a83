import { AppError, type ErrorCode, type ErrorDetails, errorCode } from '../../core/errors.ts';

/** How the HTTP API names what went wrong, beside the codes of AppError. */
export type HttpErrorCode = ErrorCode | 'unauthenticated' | 'rate-limited' | 'method-not-allowed' | 'timeout';

const STATUS: Readonly<Record<HttpErrorCode, number>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  'not-found': 404,
  'method-not-allowed': 405,
  timeout: 408,
  conflict: 409,
  'too-large': 413,
  unsupported: 415,
  'rate-limited': 429,
  internal: 500,
  unavailable: 503,
};

/** Refusals of which too many are an attack, unlike those of a key that was right once. */
const GUESSES: ReadonlySet<string | undefined> = new Set([
  ...['api-key-missing', 'api-key-typo', 'api-key-unknown', 'api-key-guessing'],
]);

/** Seconds after which what is busy or away is worth another try. */
const TRY_AGAIN_SECONDS = 30;

interface HttpDetails extends ErrorDetails {
  /** What `Retry-After` says. */
  readonly retrySeconds?: number;
  /** What `Allow` says. */
  readonly allow?: readonly string[];
}

/** A refusal that only HTTP knows. Its words come from the wording catalogue, by its reason, like those of every AppError. */
export class HttpError extends AppError {
  readonly httpCode: HttpErrorCode;
  readonly retrySeconds: number | undefined;
  readonly allow: readonly string[] | undefined;

  constructor(httpCode: HttpErrorCode, message: string, details: HttpDetails) {
    super(Object.hasOwn(APP_CODES, httpCode) ? APP_CODES[httpCode]! : 'forbidden', message, details);
    this.httpCode = httpCode;
    this.retrySeconds = details.retrySeconds;
    this.allow = details.allow;
  }
}

const APP_CODES: Readonly<Partial<Record<HttpErrorCode, ErrorCode>>> = {
  invalid: 'invalid',
  forbidden: 'forbidden',
  'not-found': 'not-found',
  conflict: 'conflict',
  'too-large': 'too-large',
  unsupported: 'unsupported',
  unavailable: 'unavailable',
};

/** The status, the name and the headers with which anything thrown is answered. */
export function httpFailure(thrown: unknown): {
  readonly status: number;
  readonly code: HttpErrorCode;
  readonly headers: Readonly<Record<string, string>>;
} {
  const http = thrown instanceof HttpError ? thrown : undefined;
  const code = http?.httpCode ?? errorCode(thrown);
  const retry = http?.retrySeconds ?? (code === 'unavailable' ? TRY_AGAIN_SECONDS : undefined);
  return {
    ...{ status: STATUS[code], code },
    headers: {
      ...(retry !== undefined && { 'retry-after': String(Math.max(1, Math.ceil(retry))) }),
      ...(http?.allow && { allow: http.allow.join(', ') }),
      // For the log of the proxy in front, which fail2ban reads (config/deploy/nginx).
      ...(GUESSES.has(http?.reason) && { 'x-refused-as': 'guess' }),
      ...(code === 'unauthenticated' && { 'www-authenticate': 'Bearer realm="kinkeeper"' }),
    },
  };
}
