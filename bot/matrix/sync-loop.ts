import { setTimeout as sleep } from 'node:timers/promises';
import { checkpoint } from './checkpoint.ts';
import type { CryptoMachine } from './crypto-machine.ts';
import type { Homeserver } from './homeserver.ts';
import { HomeserverError } from './homeserver-error.ts';
import type { Inbox } from './inbox.ts';

interface SyncLoopParts {
  readonly homeserver: Homeserver;
  readonly inbox: Inbox;
  readonly crypto: CryptoMachine;
  readonly now: () => number;
  /** Somebody's devices changed: a message that nobody could read may be readable now. */
  readonly onDevices: () => void;
  /** Something new is stored and fed: events may be handled. */
  readonly onNews: () => void;
  /** Reaching the server failed or works again; for the log and the heartbeat. */
  readonly onContact: (error: HomeserverError | undefined) => void;
}

const LONGEST_PAUSE_MS = 30_000;
const REPEAT_PAUSE_MS = 200;
/** How long to wait for news while a gap or a key request waits to be tried again. */
const SHORT_WAIT_MS = 1000;

/**
 * Reads `/sync` for ever: store the answer whole, feed the crypto machine, fill gaps, and only then ask again with the
 * stored token. Ends when the signal aborts. Throws HomeserverError when the server no longer knows our token: a new
 * login would be a new device, and that is a person's decision.
 */
export async function runSyncLoop(parts: SyncLoopParts, signal: AbortSignal): Promise<void> {
  let failures = 0;
  let unfinished = !(await settleBatch(parts, signal));
  while (!signal.aborted) {
    try {
      const answer = await parts.homeserver.sync(parts.inbox.token(), unfinished ? SHORT_WAIT_MS : undefined);
      checkpoint('sync-read');
      const fresh = parts.inbox.store(answer);
      if (failures > 0) parts.onContact(undefined);
      failures = 0;
      unfinished = !(await settleBatch(parts, signal));
      // A server (or proxy) that repeats itself at once must not make us spin.
      if (!fresh) await sleep(REPEAT_PAUSE_MS, undefined, { signal });
    } catch (error) {
      if (signal.aborted) return;
      if (!(error instanceof HomeserverError) || error.errcode === 'M_UNKNOWN_TOKEN') throw error;
      failures += 1;
      parts.onContact(error);
      const pause = Math.max(error.retryAfterMs, Math.min(LONGEST_PAUSE_MS, 250 * 2 ** Math.min(failures, 7)));
      await sleep(pause, undefined, { signal }).catch(() => undefined);
    }
  }
}

/** Feeds what is stored and fills gaps. Returns false when something of it has to be tried again soon. */
async function settleBatch(parts: SyncLoopParts, signal: AbortSignal): Promise<boolean> {
  let done = true;
  try {
    await drainCrypto(parts);
  } catch (error) {
    if (!(error instanceof HomeserverError) || error.errcode === 'M_UNKNOWN_TOKEN') throw error;
    parts.onContact(error);
    // What the server refuses for good is tried again with the next news, not every second.
    done = !error.transient;
  }
  await fillGaps(parts, signal);
  parts.onNews();
  return done && parts.inbox.gaps.nextAt() === undefined;
}

/** Feeds every stored batch in order, then lets the machine send what it wants to. A failed send stays pending in the machine. */
async function drainCrypto({ inbox, crypto, onDevices }: SyncLoopParts): Promise<void> {
  for (let batch = inbox.crypto.next(); batch; batch = inbox.crypto.next()) {
    await crypto.feed(batch);
    inbox.crypto.markFed(batch.batch);
    if (batch.changed.length > 0) onDevices();
  }
  await crypto.flush();
}

async function fillGaps({ homeserver, inbox, now }: SyncLoopParts, signal: AbortSignal): Promise<void> {
  for (let gap = inbox.gaps.next(); gap && !signal.aborted; gap = inbox.gaps.next()) {
    try {
      inbox.fillGap(gap, await homeserver.messages(gap.room, gap.from, 100));
    } catch (error) {
      if (!(error instanceof HomeserverError) || error.errcode === 'M_UNKNOWN_TOKEN') throw error;
      if (error.transient) inbox.gaps.postpone(gap.id, now() + Math.max(error.retryAfterMs, 1000));
      else inbox.gaps.close(gap.id);
    }
  }
}
