import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { inRequest } from '../core/request-id.ts';
import type { Lane } from './lane.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import type { Inbox, InboxEvent } from './matrix/inbox.ts';
import type { Outbox } from './matrix/outbox.ts';

const RETRY_PAUSE_MS = 3000;
/** How often an event is tried whose failure has no cause that passes by itself. */
const MOST_TRIES = 3;
const AT_ONCE = 200;
const PASSING: ReadonlySet<string> = new Set(['disk-full', 'store-busy', 'answer-leaving', 'answer-forgotten']);

interface LineParts {
  readonly inbox: Inbox;
  /** Begins work on one event; what it throws leads to another try. */
  readonly begin: (item: InboxEvent) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The open events of the inbox on their way to being handled: each is begun once, stays in flight until it is finished,
 * and is tried again later when something failed that may pass. Used by the dispatcher alone.
 */
export class EventLine {
  #parts: LineParts;
  #signal: AbortSignal;
  #inFlight = new Map<string, AbortController>();
  #notBefore = new Map<string, number>();
  #tries = new Map<string, number>();
  #pumping = false;

  constructor(parts: LineParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Begins work on every event that is open. Safe to call at any time; returns when the line was looked through. */
  async pump(): Promise<void> {
    // Whoever looks through the line now looks again after each event that it has begun.
    if (this.#pumping) return;
    this.#pumping = true;
    try {
      for (let items = this.#next(); items.length > 0; items = this.#next()) {
        for (const item of items) {
          if (this.#signal.aborted) return;
          await this.#take(item);
        }
      }
    } finally {
      this.#pumping = false;
    }
  }

  /** True when an event waits for another try. */
  get hasRetries(): boolean {
    return this.#notBefore.size > 0;
  }

  isInFlight(event: string): boolean {
    return this.#inFlight.has(event);
  }

  /** The signal of an event in flight: aborts with the bot, or when `cancel` is called for it. */
  signalOf(event: string): AbortSignal {
    const own = this.#inFlight.get(event);
    return own ? AbortSignal.any([this.#signal, own.signal]) : this.#signal;
  }

  /** Ends work on an event in flight early; whoever works on it sees its signal abort. False when nobody does. */
  cancel(event: string, reason?: Error): boolean {
    const own = this.#inFlight.get(event);
    own?.abort(reason);
    return own !== undefined;
  }

  /** Ends what a person has in these lanes: what waits is handled without a word, what runs sees its signal abort. */
  async endWork(person: string, lanes: readonly Lane[]): Promise<void> {
    for (const lane of lanes) {
      for (const event of lane.keysOf(person)) {
        if (lane.remove(event)) this.finish(event);
        else this.cancel(event);
      }
    }
    await Promise.all(lanes.map((lane) => lane.drainedOf(person, this.#signal)));
  }

  /** Marks an event handled, in one transaction with what `queue` adds to the outbox. */
  finish(event: string, queue?: (outbox: Outbox) => void): void {
    this.#parts.inbox.finish(event, queue);
    this.#leave(event);
  }

  /** Puts an event aside until its room key comes. */
  wait(event: string): void {
    this.#parts.inbox.markWaiting(event);
    this.#leave(event);
  }

  /** Tries an event again after a pause, at least as long as the homeserver asked for. */
  postpone(event: string, error: unknown): void {
    this.#leave(event);
    if (this.#signal.aborted) return;
    const asked = error instanceof HomeserverError ? error.retryAfterMs : 0;
    this.#notBefore.set(event, this.#parts.clock() + Math.max(asked, RETRY_PAUSE_MS));
    this.#parts.log.warn({ err: error }, 'an event has to wait');
  }

  /** The next open events that nobody works on and that need not wait. */
  #next(): InboxEvent[] {
    const now = this.#parts.clock();
    const later = [...this.#notBefore].filter(([, time]) => time > now).map(([id]) => id);
    return this.#parts.inbox.open(AT_ONCE, [...this.#inFlight.keys(), ...later]);
  }

  async #take(item: InboxEvent): Promise<void> {
    const id = item.event.event_id;
    if (this.#inFlight.has(id) || (this.#notBefore.get(id) ?? 0) > this.#parts.clock()) return;
    this.#notBefore.delete(id);
    this.#inFlight.set(id, new AbortController());
    try {
      await inRequest(() => this.#parts.begin(item));
    } catch (error) {
      this.#postponeOrGiveUp(id, error);
    }
  }

  /** An event that fails again and again by itself (somebody made it so) is given up, or it would be tried for ever. */
  #postponeOrGiveUp(event: string, error: unknown): void {
    const tries = (this.#tries.get(event) ?? 0) + 1;
    if (this.#signal.aborted || mayPass(error) || tries < MOST_TRIES) {
      if (!mayPass(error)) this.#tries.set(event, tries);
      this.postpone(event, error);
      return;
    }
    this.#tries.delete(event);
    this.#parts.log.error({ err: error }, 'an event that cannot be handled was given up');
    this.finish(event);
  }

  #leave(event: string): void {
    this.#inFlight.delete(event);
  }
}

/** True for failures that pass without anybody doing something about this event: the same thing is tried again. */
export function mayPass(error: unknown): boolean {
  if (error instanceof HomeserverError) return error.transient;
  return error instanceof AppError && PASSING.has(String(error.reason));
}
