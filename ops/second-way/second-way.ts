import { setTimeout as pause } from 'node:timers/promises';
import type { Alert, AlertLog, SecondWay as WayName } from '../../core/alert.ts';
import type { Clock } from '../../core/clock.ts';
import { isDue } from '../../core/is-due.ts';
import { type Logger, reference } from '../../core/log.ts';
import { opsLanguage } from '../../core/ops-language.ts';
import type { People } from '../../core/people.ts';
import { type Way, wayMessage } from './way.ts';

interface SecondWayParts {
  readonly alerts: Pick<AlertLog, 'leftFor' | 'markSent' | 'overFor' | 'markOverSent' | 'raise' | 'clear'>;
  readonly people: Pick<People, 'list'>;
  readonly ways: readonly Way[];
  /** The least weight that leaves the house. */
  readonly from: 'warning' | 'critical';
  readonly clock: Clock;
  readonly log: Logger;
}

/** Matrix has so long to carry an alert before it leaves another way. */
const PATIENCE_MS = 10 * 60_000;
/** One that was raised later than this was raised by a clock that was ahead: it does not wait for that. */
const MOST_AHEAD_MS = 3_600_000;

const FIRST_PAUSE_MS = 60_000;
const LONGEST_PAUSE_MS = 3_600_000;
const STOP_MS = 2000;
/** A single failure is tried again before anybody is told. */
const TOLD_AFTER = 3;
const FAILING = 'second-way-failing';

/** Sends alerts that Matrix does not carry by mail and webhook, each once by each way, and their end by the ways that they left by. Driven by ops. */
export class SecondWay {
  readonly #parts: SecondWayParts;
  readonly #stop = new AbortController();
  readonly #failures = new Map<WayName, { times: number; nextAt: number }>();
  /** What left while it could not be noted (a full disk): not sent again by this process. */
  readonly #sent = new Set<string>();
  #running: Promise<unknown> | undefined;

  constructor(parts: SecondWayParts) {
    this.#parts = parts;
  }

  /** Called every few seconds; does nothing while an earlier call still sends. Resolves when what was due is sent or put off. */
  async tick(): Promise<void> {
    if (this.#running !== undefined || this.#stop.signal.aborted) return;
    const all = Promise.allSettled(this.#parts.ways.map((way) => this.#sendBy(way)));
    this.#running = all;
    const ended = await all;
    this.#running = undefined;
    for (const one of ended) if (one.status === 'rejected') throw one.reason;
  }

  /** Gives up what is being sent, and resolves when nothing is, or after two seconds: a lockdown waits for no mail server. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await Promise.race([this.#running, pause(STOP_MS, undefined, { ref: false })]);
  }

  async #sendBy(way: Way): Promise<void> {
    const { alerts, clock } = this.#parts;
    const nextAt = this.#failures.get(way.name)?.nextAt ?? 0;
    if (!isDue(clock(), nextAt, LONGEST_PAUSE_MS)) return;
    const due = alerts.leftFor(way.name).filter((alert) => this.#isDue(alert));
    // Who heard only this way that it began hears this way that it is over.
    for (const alert of [...alerts.overFor(way.name), ...due]) if (!(await this.#send(way, alert))) return;
  }

  #isDue({ severity, code, raisedAt }: Alert): boolean {
    if (code === FAILING || severity === 'info') return false;
    if (severity === 'warning' && this.#parts.from === 'critical') return false;
    return isDue(this.#parts.clock(), raisedAt + PATIENCE_MS, PATIENCE_MS + MOST_AHEAD_MS);
  }

  async #send(way: Way, alert: Alert): Promise<boolean> {
    const { alerts, people, log } = this.#parts;
    const isOver = alert.clearedAt !== null;
    const name = `${alert.id} ${way.name}${isOver ? ' over' : ''}`;
    if (!this.#sent.has(name)) {
      try {
        await way.send(wayMessage(alert, opsLanguage(people)), this.#stop.signal);
      } catch (error) {
        if (!this.#stop.signal.aborted) this.#failed(way.name, error);
        return false;
      }
    }
    // Noted after it was taken: a process that ends in between sends one twice rather than never.
    this.#sent.add(name);
    if (isOver) alerts.markOverSent(alert.id, way.name);
    else alerts.markSent(alert.id, way.name);
    this.#sent.delete(name);
    log.info({ way: way.name, code: alert.code }, 'an alert left by another way than Matrix');
    this.#failures.delete(way.name);
    alerts.clear(`${FAILING} ${way.name}`);
    return true;
  }

  #failed(way: WayName, error: unknown): void {
    const { alerts, clock, log } = this.#parts;
    const times = (this.#failures.get(way)?.times ?? 0) + 1;
    const pause = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (times - 1));
    this.#failures.set(way, { times, nextAt: clock() + pause });
    log.warn({ err: error, way, times, reference: reference() }, 'an alert could not be sent by another way');
    if (times < TOLD_AFTER) return;
    const facts = { way, failures: times };
    alerts.raise({ code: FAILING, severity: 'warning', key: `${FAILING} ${way}`, facts });
  }
}
