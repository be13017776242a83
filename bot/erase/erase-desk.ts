import type { Erasure } from '../../core/erase/erasure.ts';
import { AppError, errorCode } from '../../core/errors.ts';
import { step } from '../../core/step.ts';
import { HomeserverError } from '../matrix/homeserver-error.ts';
import { DOCUMENT_STEPS } from './document-steps.ts';
import type { EraseParts } from './erase-parts.ts';
import type { EraseStep } from './erase-step.ts';
import { PERSON_STEPS } from './person-steps.ts';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Works off the erasures whose time has come, one after the other, each step by step. What fails is tried again after
 * growing pauses, and the admins hear which step of which reference it was. Run by the bot beside everything else.
 */
export class EraseDesk {
  readonly #parts: EraseParts;
  readonly #signal: AbortSignal;
  #running: Promise<void> | undefined;
  /** The log of control.db still holds pages as they were; also at first, because a kill may have come before. */
  #logToEmpty = true;

  constructor(parts: EraseParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Starts on what is due, unless it is at it. Called about once a second, and when something was just asked. */
  tick(): void {
    if (this.#logToEmpty) this.#logToEmpty = !this.#parts.erasing.emptyLog();
    if (this.#running || this.#signal.aborted || this.#parts.erasing.book.due(this.#parts.clock()).length === 0) return;
    this.#running = this.runDue().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when nothing is being erased. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Takes every erasure that is due as far as it goes now. Never throws. */
  async runDue(): Promise<void> {
    const { erasing, clock } = this.#parts;
    for (const { id } of erasing.book.due(clock())) {
      if (this.#signal.aborted) return;
      await this.#run(id);
    }
    // What the last transactions removed still stands in the log until it is emptied.
    this.#logToEmpty = !erasing.emptyLog();
  }

  async #run(id: number): Promise<void> {
    const { erasing, alerts } = this.#parts;
    for (;;) {
      const erasure = erasing.book.get(id);
      if (!erasure || (erasure.state !== 'waiting' && erasure.state !== 'running') || this.#signal.aborted) return;
      const next = stepsOf(erasure).find(({ name }) => !erasure.steps.includes(name));
      if (!next) return erasing.book.finish(id);
      try {
        await this.#step(next, erasure);
        alerts.clear(alertKey(erasure));
      } catch (error) {
        if (!this.#signal.aborted) this.#failed(erasure, next, error);
        return;
      }
    }
  }

  async #step(one: EraseStep, erasure: Erasure): Promise<void> {
    step(`erase-${one.name}-begun`);
    const found = await one.run(this.#parts, erasure);
    step(`erase-${one.name}-stepped`);
    const now = this.#parts.erasing.book.get(erasure.id);
    // The last step of a person's erasure ends the record itself; a second wish lets one of documents begin anew meanwhile.
    if (now?.state !== 'done' && now?.steps.join() === erasure.steps.join())
      this.#parts.erasing.book.stepDone(erasure.id, one.name, found ?? {});
    step(`erase-${one.name}-noted`);
  }

  #failed(erasure: Erasure, failed: EraseStep, error: unknown): void {
    const { erasing, alerts, clock, log } = this.#parts;
    const { id, reference, attempts } = erasure;
    const asked = error instanceof HomeserverError ? error.retryAfterMs : 0;
    const pause = Math.max(asked, Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** Math.min(attempts, 12)));
    if (failed.redo && error instanceof AppError && error.reason === 'erase-incomplete')
      erasing.book.redo(id, failed.redo);
    erasing.book.failed(id, clock() + pause);
    log.warn({ err: error, code: errorCode(error), step: failed.name, reference }, 'an erasure has to wait');
    alerts.raise({
      code: 'erase-failing',
      severity: 'warning',
      key: alertKey(erasure),
      facts: { reference, step: failed.name, attempts: attempts + 1 },
    });
  }
}

function stepsOf({ kind }: Erasure): readonly EraseStep[] {
  return kind === 'person' ? PERSON_STEPS : DOCUMENT_STEPS;
}

function alertKey({ reference }: Erasure): string {
  return `erase-failing ${reference}`;
}
