import type { AlertLog } from '../core/alert.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import type { OutboxRow } from './matrix/outbox.ts';
import type { Refusal, Sender } from './matrix/sender.ts';

interface SendingParts {
  readonly sender: Sender;
  readonly alerts: Pick<AlertLog, 'raise' | 'open' | 'clear'>;
  /** Whether somebody has a device that could read a message. */
  readonly hasSignedDevice: (person: string) => Promise<boolean>;
  readonly log: Logger;
  /** The ops room may not see one of its messages as it stands: its members have to be put in order. */
  readonly onOpsRefused: () => void;
  /** A message was withheld because of who is in its room; the people there may have to be told. */
  readonly onRoomChanged: () => void;
}

/** The alert, and the reason of the error that it tells of. */
const NO_DEVICE = 'no-signed-device';

/** Empties the outbox whenever somebody asks for it, one drain at a time, and says what had to wait. Used by the bot alone. */
export class SendingLoop {
  #parts: SendingParts;
  #signal: AbortSignal;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(parts: SendingParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Sends what is due; while it sends, another call makes it look once more. */
  wake(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.#drain()
      .catch((error: unknown) => this.#parts.log.error({ err: error }, 'sending failed'))
      .finally(() => {
        this.#running = undefined;
      });
  }

  /** Resolves when nothing is being sent. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** For `Sender`: a message that its room may not see. */
  onRefused(row: OutboxRow, refusal: Refusal): void {
    this.#parts.log.info({ refusal }, 'a message was withheld, its room may not see it');
    if (row.audience.kind === 'ops') this.#parts.onOpsRefused();
    else if (refusal !== 'gone') this.#parts.onRoomChanged();
  }

  /** For `Sender`: a message that has to wait. */
  onDelay(row: OutboxRow, error: unknown): void {
    if (error instanceof AppError && error.reason === 'identity-changed') {
      // The admins were told when it was noticed.
      if (row.attempts <= 1) this.#parts.log.info('a message waits for its reader to be confirmed');
      return;
    }
    if (error instanceof AppError && error.reason === 'no-device-reached') {
      // After a restore, until that device asks the homeserver for news.
      if (row.attempts <= 1) this.#parts.log.info('a message waits for a device of its reader to be heard of');
      return;
    }
    if (!(error instanceof AppError && error.reason === NO_DEVICE)) {
      this.#parts.log.warn({ err: error }, 'a message has to wait');
      return;
    }
    // Tried again and again until somebody verifies a session: said once, in the log and to the admins.
    if (row.attempts <= 1) this.#parts.log.info('a message waits for its reader to have a signed device');
    const person = String(error.facts.person ?? '');
    if (person === '') return;
    this.#parts.alerts.raise({
      code: NO_DEVICE,
      severity: 'warning',
      key: `${NO_DEVICE} ${person}`,
      facts: { person },
    });
  }

  /**
   * For `Sender`: a message that left. Whoever it was for alone can be written to again; one in a room of several proves that of
   * nobody, so their devices are looked at.
   */
  onSent({ audience }: Pick<OutboxRow, 'audience'>): void {
    const { alerts, hasSignedDevice, log } = this.#parts;
    for (const { code, key, facts } of alerts.open()) {
      if (code !== NO_DEVICE) continue;
      if (audience.kind === 'direct') {
        if (audience.person === facts.person) alerts.clear(key);
        continue;
      }
      hasSignedDevice(String(facts.person)).then(
        (hasOne) => void (hasOne && alerts.clear(key)),
        (error: unknown) => log.warn({ err: error }, 'it could not be seen whether somebody has a signed device'),
      );
    }
  }

  async #drain(): Promise<void> {
    do {
      this.#again = false;
      await this.#parts.sender.drain(this.#signal);
    } while (this.#again && !this.#signal.aborted);
  }
}
