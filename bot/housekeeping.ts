import type { AlertLog } from '../core/alert.ts';
import type { Clock } from '../core/clock.ts';
import { isDue } from '../core/is-due.ts';
import type { Heartbeats } from '../core/job.ts';
import type { People } from '../core/people.ts';
import type { BotHealthFigures } from './bot-health.ts';
import type { BotFigures } from './commands/services.ts';
import type { Inbox, InboxEvent } from './matrix/inbox.ts';
import type { Outbox } from './matrix/outbox.ts';

/** What housekeeping works with; put together by the bot. */
export interface HousekeepingParts {
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly people: People;
  readonly alerts: AlertLog;
  readonly heartbeats: Heartbeats;
  /** Tells the ops room what there is to tell. */
  readonly tellAlerts: () => void;
  readonly figures: () => BotFigures & BotHealthFigures;
  readonly tellWaiting: (item: InboxEvent) => void;
  /** False while the clock is not to be trusted: nothing is removed by its age then. */
  readonly trustsClock: (now: number) => boolean;
  /** Removes what was kept long enough. */
  readonly sweep: (now: number) => void;
  /** Ends what is over: shares whose time has come, rooms that were left. */
  readonly endWhatIsOver: (now: number) => void;
  /** How long handled ids are kept: longer than any server repeats itself. undefined: for ever. */
  readonly idsKeptMs: number | undefined;
  readonly clock: Clock;
  readonly wake: () => void;
}

const WAITING_NOTICE_MS = 60_000;
const WAITING_RETRY_MS = 30_000;
/** A message whose key has not come after so long will not be answered any more. */
const WAITING_LIMIT_MS = 7 * 24 * 3_600_000;
const BEAT_MS = 15_000;
const PRUNE_MS = 3_600_000;
/** Ops beats every minute. */
const OPS_SILENT = { raiseMs: 300_000, clearMs: 120_000 } as const;

/** The bot's small recurring duties: late keys, the heartbeat, forgetting old ids. */
export class Housekeeping {
  #parts: HousekeepingParts;
  #nextBeat = 0;
  #nextPrune = 0;
  #nextRetry = 0;
  #startedAt: number | undefined;

  constructor(parts: HousekeepingParts) {
    this.#parts = parts;
  }

  /** Called about once a second. */
  tick(): void {
    const now = this.#parts.clock();
    this.#lookAfterWaiting(now);
    this.#parts.tellAlerts();
    if (isDue(now, this.#nextBeat, BEAT_MS)) {
      this.#nextBeat = now + BEAT_MS;
      this.beat();
      this.#lookAtOps(now);
      this.#parts.endWhatIsOver(now);
    }
    if (isDue(now, this.#nextPrune, PRUNE_MS)) {
      this.#nextPrune = now + PRUNE_MS;
      if (!this.#parts.trustsClock(now)) return;
      this.#parts.sweep(now);
      const { idsKeptMs, inbox, outbox } = this.#parts;
      if (idsKeptMs === undefined) return;
      inbox.prune(now - idsKeptMs);
      outbox.prune(now - idsKeptMs);
    }
  }

  /** Writes the heartbeat that ops and `!status` read. */
  beat(): void {
    const figures = Object.fromEntries(Object.entries(this.#parts.figures()));
    this.#parts.heartbeats.beat({ process: 'bot', at: this.#parts.clock(), figures });
  }

  /** Ops watches the bot, and the bot watches ops: where jobs never ran, there is nothing to miss. */
  #lookAtOps(now: number): void {
    const { heartbeats, alerts } = this.#parts;
    const at = heartbeats.of('ops')?.at;
    this.#startedAt ??= now;
    if (at === undefined) return;
    const silent = now - Math.max(at, this.#startedAt);
    if (silent > OPS_SILENT.raiseMs) {
      const facts = { seconds: Math.round(silent / 1000) };
      alerts.raise({ code: 'ops-silent', severity: 'critical', key: 'ops-silent', facts });
    } else if (now - at < OPS_SILENT.clearMs) alerts.clear('ops-silent');
  }

  /** One notice per room after a minute, a retry now and then, a counter for the ops room, an end after a week. */
  #lookAfterWaiting(now: number): void {
    const { inbox, alerts } = this.#parts;
    const waiting = inbox.waiting();
    if (waiting.length === 0) {
      // Some may just be on their way through another try.
      if (inbox.counts().waiting > 0) return;
      if (this.#nextRetry !== 0) alerts.clear('undecryptable');
      this.#nextRetry = 0;
      return;
    }
    const told = new Set<string>();
    for (const item of waiting) {
      const age = now - (item.waitingSince ?? now);
      if (age > WAITING_LIMIT_MS) inbox.finish(item.event.event_id);
      else if (age > WAITING_NOTICE_MS && !item.told) {
        if (told.has(item.room)) inbox.markTold(item.event.event_id);
        else this.#parts.tellWaiting(item);
        told.add(item.room);
      }
    }
    if (told.size > 0) {
      alerts.raise({
        code: 'undecryptable',
        severity: 'warning',
        key: 'undecryptable',
        facts: { count: waiting.length },
      });
    }
    if (now < this.#nextRetry) return;
    this.#nextRetry = now + WAITING_RETRY_MS;
    for (const item of waiting) inbox.retry(item.event.event_id);
    this.#parts.wake();
  }
}
