/** What kind of failure it is; the three borders (dispatcher, job runner, HTTP API) decide by it. */
export type ErrorCode =
  | 'not-found'
  | 'forbidden'
  | 'invalid'
  | 'conflict'
  | 'too-large'
  | 'unsupported'
  | 'unavailable'
  | 'internal';

/** Extra facts of an error. `reason` names an entry of the wording catalogue (`error.<reason>`); `facts` fill its blanks. */
export interface ErrorDetails {
  readonly hint?: string;
  readonly reason?: string;
  readonly facts?: Readonly<Record<string, string | number>>;
  readonly cause?: unknown;
}

/**
 * The one error type whose message may be shown to people. Anything else that is thrown counts as internal: it is logged
 * under a reference id, and only that id is shown.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly reason: string | undefined;
  readonly facts: Readonly<Record<string, string | number>>;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'AppError';
    this.code = code;
    this.hint = details.hint;
    this.reason = details.reason;
    this.facts = details.facts ?? {};
  }
}

/** The code of anything thrown; what is not an AppError is `internal`. */
export function errorCode(thrown: unknown): ErrorCode {
  return thrown instanceof AppError ? thrown.code : 'internal';
}

/** One line for an operator's terminal: message and next step. Never use it on errors that may carry people's words. */
export function errorLine(thrown: unknown): string {
  if (thrown instanceof AppError) return thrown.hint ? `${thrown.message}\n  ${thrown.hint}` : thrown.message;
  return thrown instanceof Error ? thrown.message : String(thrown);
}
