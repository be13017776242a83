import type { Inbox } from './matrix/inbox.ts';
import { STOPPED } from './question-desk.ts';

interface CaptionQuestion {
  readonly person: string;
  readonly stop: AbortController;
  isAsked: boolean;
}

/**
 * Questions that stand below files: they wait until the file is kept, and `!stop` ends them alone, also for a reading that
 * begins anew after a restart. Used by the file desk.
 */
export class CaptionQuestions {
  readonly #inbox: Pick<Inbox, 'markStopped' | 'wasStopped'>;
  readonly #questions = new Map<string, CaptionQuestion>();

  constructor(inbox: Pick<Inbox, 'markStopped' | 'wasStopped'>) {
    this.#inbox = inbox;
  }

  /** Notes the question below the file of an event, whose reading begins. A repeat (the scan after the text) changes nothing. */
  add(event: string, person: string): void {
    if (this.#questions.has(event)) return;
    const stop = new AbortController();
    if (this.#inbox.wasStopped(event)) stop.abort(STOPPED);
    this.#questions.set(event, { person, stop, isAsked: false });
  }

  /** The file is kept and its question is asked: the signal aborts with `STOPPED` (or has done so) when the person stops it. */
  asked(event: string): AbortSignal {
    const question = this.#questions.get(event);
    if (question) question.isAsked = true;
    return question?.stop.signal ?? new AbortController().signal;
  }

  /** The question is answered, or its file was not kept. */
  end(event: string): void {
    this.#questions.delete(event);
  }

  /** Stops all questions of a person that were not stopped already; returns how many were being answered, and waited. */
  stop(person: string): { running: number; waiting: number } {
    const own = [...this.#questions].filter(([, one]) => one.person === person && !one.stop.signal.aborted);
    for (const [event, { stop }] of own) {
      this.#inbox.markStopped(event);
      stop.abort(STOPPED);
    }
    const running = own.filter(([, { isAsked }]) => isAsked).length;
    return { running, waiting: own.length - running };
  }
}
