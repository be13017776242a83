import { AppError } from '../../core/errors.ts';

/** What the homeserver asks for before it does a thing: a stage of one of these lists, in this session. */
export interface InteractiveAuth {
  readonly session: string;
  readonly flows: readonly (readonly string[])[];
}

interface HomeserverFacts {
  readonly status: number;
  readonly errcode: string;
  readonly retryAfterMs: number;
  readonly interactive?: InteractiveAuth | undefined;
  readonly cause?: unknown;
}

/** A request that the homeserver refused or that never got an answer. The only error type that leaves this folder's HTTP layer. */
export class HomeserverError extends AppError {
  /** HTTP status; 0 when there was no answer. */
  readonly status: number;
  /** Matrix error code such as `M_FORBIDDEN`; '' when there was none. */
  readonly errcode: string;
  /** How long the server asked us to wait, in milliseconds; 0 when it did not say. */
  readonly retryAfterMs: number;
  /** Missing: it asks for no proof of who we are. */
  readonly interactive: InteractiveAuth | undefined;

  constructor(message: string, facts: HomeserverFacts) {
    const code = facts.status === 403 ? 'forbidden' : facts.status === 404 ? 'not-found' : 'unavailable';
    super(code, message, { reason: 'homeserver', cause: facts.cause });
    this.name = 'HomeserverError';
    this.status = facts.status;
    this.errcode = facts.errcode;
    this.retryAfterMs = facts.retryAfterMs;
    this.interactive = facts.interactive;
  }

  /**
   * True when the same request may work later: no answer, rate limit, or a failure on the server's side. A refusal
   * without a Matrix error code comes from something in front of the homeserver (a proxy whose homeserver is away says
   * 404), except 413, which every proxy means.
   */
  get transient(): boolean {
    const { status, errcode } = this;
    if (this.interactive !== undefined) return false;
    if (status === 0 || status === 429 || status >= 500 || errcode === 'M_LIMIT_EXCEEDED') return true;
    return errcode === '' && status !== 413;
  }
}

interface LibraryError {
  statusCode?: unknown;
  errcode?: unknown;
  body?: unknown;
  headers?: unknown;
  retryAfterMs?: unknown;
}

/** Turns whatever matrix-bot-sdk throws (MatrixError, a bare response, a network error) into a HomeserverError. */
export function translateError(thrown: unknown, what: string): HomeserverError {
  if (thrown instanceof HomeserverError) return thrown;
  const error = (typeof thrown === 'object' && thrown !== null ? thrown : {}) as LibraryError;
  const body = (typeof error.body === 'object' && error.body !== null ? error.body : {}) as Record<string, unknown>;
  const status = typeof error.statusCode === 'number' ? error.statusCode : 0;
  const errcode = [error.errcode, body.errcode].find((code): code is string => typeof code === 'string') ?? '';
  const reason = status === 0 ? 'no answer' : `${status} ${errcode}`.trim();
  return new HomeserverError(`The homeserver failed at ${what}: ${reason}.`, {
    status,
    errcode,
    retryAfterMs: retryAfter(error, body),
    interactive: status === 401 ? interactiveIn(body) : undefined,
    cause: thrown instanceof Error ? thrown : undefined,
  });
}

function interactiveIn({ session, flows }: Record<string, unknown>): InteractiveAuth | undefined {
  if (typeof session !== 'string' || !Array.isArray(flows)) return undefined;
  const stages = flows.map((flow: { stages?: unknown } | null) => (Array.isArray(flow?.stages) ? flow.stages : []));
  return { session, flows: stages.map((list) => list.map(String)) };
}

/** Nobody's clock is trusted beyond this: timers overflow, and a broken proxy must not silence the bot for years. */
const LONGEST_WAIT_MS = 3_600_000;

function retryAfter(error: LibraryError, body: Record<string, unknown>): number {
  const headers = (typeof error.headers === 'object' && error.headers !== null ? error.headers : {}) as Record<
    string,
    unknown
  >;
  const seconds = Number(headers['retry-after']);
  if (Number.isFinite(seconds) && seconds > 0) return Math.min(LONGEST_WAIT_MS, seconds * 1000);
  const given = [error.retryAfterMs, body.retry_after_ms].find((ms) => typeof ms === 'number' && ms > 0);
  return typeof given === 'number' ? Math.min(LONGEST_WAIT_MS, given) : 0;
}
