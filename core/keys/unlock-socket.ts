import { lstatSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { z } from 'zod';
import { type Clock, systemClock } from '../clock.ts';
import { AppError, errorLine } from '../errors.ts';
import { MOST_LINE_BYTES, nextLine } from './socket-line.ts';
import { checkSocketFolder } from './socket-owner.ts';
import { storageFault } from './storage-fault.ts';
import type { UnlockRecord } from './unlock-record.ts';

/** Waiting times after wrong passphrases: doubled each time, up to a minute. */
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;

/** A connection that says nothing for so long is closed. */
const IDLE_MS = 10_000;

/** Longest path of a unix socket: sun_path of unix(7) holds 108 bytes with its closing zero. */
const LONGEST_SOCKET_PATH = 107;

const request = z.strictObject({
  passphrase: z.string().min(1),
  who: z.strictObject({ uid: z.int().nonnegative(), sudoUid: z.int().nonnegative().optional() }).optional(),
});
type UnlockRequest = z.infer<typeof request>;

/**
 * Answer to one try, as one line of JSON. `wrong` and `early` say when the next try is heard; `failed` means that
 * unlocking cannot work (damaged keys.json, full disk) and that the waiting process ends with the same message.
 */
export const unlockReply = z.discriminatedUnion('status', [
  z.object({ status: z.literal('unlocked') }),
  z.object({ status: z.literal('wrong'), retryAfterSeconds: z.number() }),
  z.object({ status: z.literal('early'), retryAfterSeconds: z.number() }),
  z.object({ status: z.literal('failed'), message: z.string() }),
  z.object({ status: z.literal('bad-request') }),
]);
export type UnlockReply = z.infer<typeof unlockReply>;

export interface UnlockOptions<T> {
  readonly socketPath: string;
  /** Opens the state. AppError with reason `wrong-passphrase` costs a waiting time; any other error ends the waiting. */
  readonly tryUnlock: (passphrase: string) => Promise<T>;
  readonly signal: AbortSignal;
  /** Told who tried, and with what success; for the audit trail. */
  readonly record?: Pick<UnlockRecord, 'refused' | 'unlocked'>;
  readonly clock?: Clock;
  /** How long a connection may say nothing; 10 seconds when it is not given. */
  readonly idleMs?: number | undefined;
}

/**
 * Sealed start: waits on a unix socket (mode 600) for the right passphrase and returns what `tryUnlock` made of it. The
 * socket is gone afterwards, however it ends. Called by bot and ops while they hold their lock, so a socket that lies
 * there is a dead one. Rejects with the signal's reason when it aborts, with the error of `tryUnlock` when that is not about
 * the passphrase, and with AppError `invalid` (reason `socket-path`), `forbidden` (`socket-folder`) or `unavailable` when the
 * socket cannot be made.
 */
export async function waitForUnlock<T>(options: UnlockOptions<T>): Promise<T> {
  options.signal.throwIfAborted();
  const outcome = Promise.withResolvers<T>();
  outcome.promise.catch(() => {});
  const attempts = new Attempts(options);
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    socket.on('error', () => socket.destroy());
    void serve(socket, attempts, { outcome, idleMs: options.idleMs ?? IDLE_MS });
  });
  const stop = () => outcome.reject(options.signal.reason);
  options.signal.addEventListener('abort', stop, { once: true });
  await listen(server, options.socketPath);
  try {
    return await outcome.promise;
  } finally {
    options.signal.removeEventListener('abort', stop);
    server.close();
    for (const socket of connections) socket.destroySoon();
    rmSync(options.socketPath, { force: true });
  }
}

type Result<T> = { readonly reply: UnlockReply; readonly settle?: (outcome: PromiseWithResolvers<T>) => void };

/** One try at a time, with a growing wait after each wrong one. */
class Attempts<T> {
  readonly #tryUnlock: (passphrase: string) => Promise<T>;
  readonly #clock: Clock;
  readonly #record: UnlockOptions<T>['record'];
  #wrong = 0;
  #nextAt = 0;
  #busy = false;

  constructor({ tryUnlock, clock = systemClock, record }: UnlockOptions<T>) {
    this.#tryUnlock = tryUnlock;
    this.#clock = clock;
    this.#record = record;
  }

  async attempt({ passphrase, who }: UnlockRequest): Promise<Result<T>> {
    // A clock that was set back must not lengthen the wait beyond the longest one.
    const wait = Math.min(this.#nextAt - this.#clock(), LONGEST_WAIT_MS);
    if (wait > 0 || this.#busy)
      return { reply: { status: 'early', retryAfterSeconds: Math.max(1, Math.ceil(wait / 1000)) } };
    this.#busy = true;
    try {
      const value = await this.#tryUnlock(passphrase);
      this.#record?.unlocked(who);
      return { reply: { status: 'unlocked' }, settle: (outcome) => outcome.resolve(value) };
    } catch (thrown) {
      if (thrown instanceof AppError && thrown.reason === 'wrong-passphrase') {
        this.#record?.refused(who, this.#clock());
        return { reply: this.#punish() };
      }
      const message =
        thrown instanceof AppError ? errorLine(thrown) : 'internal error; the log of the process has more';
      return { reply: { status: 'failed', message }, settle: (outcome) => outcome.reject(thrown) };
    } finally {
      this.#busy = false;
    }
  }

  #punish(): UnlockReply {
    const wait = Math.min(FIRST_WAIT_MS * 2 ** this.#wrong, LONGEST_WAIT_MS);
    this.#wrong += 1;
    this.#nextAt = this.#clock() + wait;
    return { status: 'wrong', retryAfterSeconds: wait / 1000 };
  }
}

/** Answers the lines of one connection, one after the other. */
async function serve<T>(
  socket: Socket,
  attempts: Attempts<T>,
  { outcome, idleMs }: { readonly outcome: PromiseWithResolvers<T>; readonly idleMs: number },
): Promise<void> {
  socket.setTimeout(idleMs, () => socket.destroy());
  for (;;) {
    const line = await nextLine(socket, MOST_LINE_BYTES);
    if (line === undefined) return void socket.destroy();
    const asked = readRequest(line);
    socket.setTimeout(0);
    const result: Result<T> =
      asked === undefined ? { reply: { status: 'bad-request' } } : await attempts.attempt(asked);
    socket.write(`${JSON.stringify(result.reply)}\n`);
    result.settle?.(outcome);
    if (result.settle || result.reply.status === 'bad-request') return void socket.end();
    socket.setTimeout(idleMs);
  }
}

function readRequest(line: string): UnlockRequest | undefined {
  try {
    return request.parse(JSON.parse(line));
  } catch {
    return undefined;
  }
}

async function listen(server: Server, socketPath: string): Promise<void> {
  if (Buffer.byteLength(socketPath) > LONGEST_SOCKET_PATH) {
    throw new AppError(
      'invalid',
      `the path ${socketPath} is too long for a unix socket (${LONGEST_SOCKET_PATH} bytes)`,
      {
        reason: 'socket-path',
        hint: 'Move the state folder to a shorter path (setting `stateDir`).',
      },
    );
  }
  checkSocketFolder(socketPath);
  removeDeadSocket(socketPath);
  const listening = Promise.withResolvers<void>();
  server.once('error', (error) => listening.reject(storageFault(error, dirname(socketPath))));
  // The socket is bound inside listen(), with the mask of that moment: it is never open to others, not even briefly.
  const mask = process.umask(0o177);
  try {
    server.listen(socketPath, () => listening.resolve());
  } finally {
    process.umask(mask);
  }
  await listening.promise;
}

function removeDeadSocket(socketPath: string): void {
  const found = lstatSync(socketPath, { throwIfNoEntry: false });
  if (found !== undefined && !found.isSocket()) {
    throw new AppError('conflict', `${socketPath} is in the way: it is no socket`, {
      reason: 'socket-path',
      hint: 'Move it out of the state folder.',
    });
  }
  rmSync(socketPath, { force: true });
}
