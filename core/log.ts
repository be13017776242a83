import { randomBytes } from 'node:crypto';
import { type DestinationStream, destination, type Logger as Pino, pino, stdTimeFunctions } from 'pino';
import { AppError } from './errors.ts';
import { currentRequest } from './request-id.ts';

/**
 * Fields that may hold people's words, at any depth, whoever writes the line: only counts (numbers) of them come out.
 * Compared in lower case without `_` and `-`, so `formatted_body` and `formattedBody` are one.
 */
const WORD_FIELDS = new Set([
  ...[
    'body',
    'formattedbody',
    'text',
    'content',
    'newcontent',
    'plaintext',
    'ciphertext',
    'html',
    'markdown',
    'caption',
  ],
  ...[
    'question',
    'answer',
    'query',
    'prompt',
    'messages',
    'heading',
    'snippet',
    'passage',
    'passages',
    'page',
    'words',
  ],
  ...['file', 'filename', 'documentname', 'name', 'title', 'displayname', 'topic', 'url', 'mxc', 'headers'],
]);

/** Fields that open something: nothing of them comes out. */
const SECRET_FIELDS = new Set([
  ...[
    'password',
    'passphrase',
    'token',
    'secret',
    'key',
    'keys',
    'authorization',
    'cookie',
    'recoverycode',
    'recoverykey',
  ],
]);

/** Compound names such as `accessToken`, `apiKey`, `new_password`. */
const SECRET_ENDINGS = /(password|passphrase|token|secret|apikey|privatekey|masterkey)$/;

const HIDDEN = '[hidden]';
const DEEPEST = 6;
const LONGEST_TEXT = 500;

/** Writes one line: a constant message, with facts (counts, sizes, ids, errors) as fields. */
export interface WriteLine {
  (message: string): void;
  (fields: Readonly<Record<string, unknown>>, message: string): void;
}

/** The log of a process or of a part of it (`child`). */
export interface Logger {
  readonly debug: WriteLine;
  readonly info: WriteLine;
  readonly warn: WriteLine;
  readonly error: WriteLine;
  child(fields: Readonly<Record<string, unknown>>): Logger;
}

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'silent';

/**
 * Makes the log of a process: JSON lines on stderr, written before the call returns so that none is lost in a crash.
 * `destination` replaces stderr in tests. Private fields and the free text of internal errors are left out.
 */
export function createLogger(options: { name: string; level: LogLevel; destination?: DestinationStream }): Logger {
  // The library's own serializer of `err` is off: errors arrive here described already.
  const serializers = { err: (described: unknown) => described };
  const settings = { name: options.name, level: options.level, timestamp: stdTimeFunctions.isoTime, serializers };
  return wrap(pino(settings, options.destination ?? destination({ dest: 2, sync: true })));
}

/** A fresh reference id for an internal error: shown to the person, logged with the error, tells nothing by itself. */
export function reference(): string {
  return randomBytes(4).toString('hex');
}

function wrap(target: Pino): Logger {
  const line =
    (level: 'debug' | 'info' | 'warn' | 'error'): WriteLine =>
    (first: string | Readonly<Record<string, unknown>>, message?: string) => {
      if (!target.isLevelEnabled(level)) return;
      const request = currentRequest();
      const fields = {
        ...(request !== undefined && { request }),
        ...(typeof first !== 'string' && cleanFields(first)),
      };
      target[level](fields, typeof first === 'string' ? first : (message ?? ''));
    };
  return {
    debug: line('debug'),
    info: line('info'),
    warn: line('warn'),
    error: line('error'),
    child: (fields) => wrap(target.child(cleanFields(fields))),
  };
}

function cleanFields(fields: object): Record<string, unknown> {
  // An error passed in place of the fields would otherwise come out as an object without anything.
  if (fields instanceof Error) return { err: clean(fields, 1) };
  return cleanRecord(fields, 0);
}

function cleanRecord(record: object, depth: number): Record<string, unknown> {
  const entries = Object.entries(record).map(([name, value]) => [
    name,
    isPrivate(name, value) ? HIDDEN : clean(value, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

function isPrivate(field: string, value: unknown): boolean {
  const name = field.toLowerCase().replaceAll(/[_-]/g, '');
  if (SECRET_FIELDS.has(name) || SECRET_ENDINGS.test(name)) return true;
  return WORD_FIELDS.has(name) && typeof value !== 'number';
}

function clean(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? `${value.slice(0, LONGEST_TEXT)}…` : value;
  if (typeof value === 'bigint') return String(value);
  if (typeof value !== 'object' || value === null) return typeof value === 'function' ? HIDDEN : value;
  if (value instanceof Error) return describeError(value, depth);
  if (value instanceof Date) return value.toISOString();
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return `[${value.byteLength} bytes]`;
  if (depth >= DEEPEST) return '[deeper]';
  if (Array.isArray(value)) return value.map((one) => clean(one, depth + 1));
  const prototype = Object.getPrototypeOf(value);
  // Handles, secrets, responses: only plain records are known to hold nothing but what their fields say.
  return prototype === Object.prototype || prototype === null
    ? cleanRecord(value, depth)
    : `[${value.constructor.name}]`;
}

/**
 * An error as the log may hold it: kind, codes and stack frames. The message comes along for AppError only; anybody
 * else's message (a parser's, a homeserver's) may quote what it choked on.
 */
function describeError(error: Error, depth: number): Record<string, unknown> {
  const codes = error as Error & { code?: unknown; errcode?: unknown; statusCode?: unknown };
  const described: Record<string, unknown> = { type: error.constructor.name };
  for (const field of ['code', 'errcode', 'statusCode'] as const) {
    const value = codes[field];
    if (typeof value === 'number' || (typeof value === 'string' && /^[\w-]{1,64}$/.test(value)))
      described[field] = value;
  }
  if (error instanceof AppError) {
    described.message = error.message;
    described.reason = error.reason;
  }
  described.stack = frames(error);
  if (error.cause !== undefined && depth < DEEPEST) described.cause = clean(error.cause, depth + 1);
  return described;
}

/** The stack without its first lines, which repeat the message. */
function frames(error: Error): string[] {
  const stack = error.stack ?? '';
  const head = stack.indexOf(error.message);
  const rest = error.message !== '' && head >= 0 ? stack.slice(head + error.message.length) : stack;
  const lines = rest.split('\n').map((line) => line.trim());
  return lines.filter((line) => /^at .+(:\d+:\d+|<anonymous>|native)\)?$/.test(line)).slice(0, 12);
}
