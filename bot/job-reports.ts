import type { Clock } from '../core/clock.ts';
import type { JobRequest, JobRequests } from '../core/job.ts';
import type { People } from '../core/people.ts';
import { requestWords } from './job-words.ts';
import { editContent } from './matrix/message-content.ts';
import { type Outbox, type OutboxRow, transactionFor } from './matrix/outbox.ts';

interface JobReportsParts {
  readonly requests: JobRequests;
  readonly outbox: Outbox;
  readonly people: Pick<People, 'find'>;
  readonly clock: Clock;
  /** Asks the sending loop to look at the outbox. */
  readonly wake: () => void;
}

/** Most edits of one message, the last one included. */
const MAX_EDITS = 12;

/** Ticks before the first edit; each further pause is twice as long, so that the few edits last for hours. */
const FIRST_PAUSE = 3;

/** A message that asked was never answered in so long: its answer will not come any more. */
const UNANSWERED_MS = 24 * 3_600_000;

/**
 * Keeps the answers to `!run` up to date: each is one message that is edited while its job works, and says at last how it
 * ended. What was said is noted in the control store behind the outbox, and edits are named by their number, so that a
 * kill between the two repeats nothing and leaves nothing out.
 */
export class JobReports {
  readonly #parts: JobReportsParts;
  #ticks = 0;
  /** From which tick on a request may be edited again. */
  readonly #next = new Map<number, number>();

  constructor(parts: JobReportsParts) {
    this.#parts = parts;
  }

  /** Called about once a second. */
  tick(): void {
    this.#ticks += 1;
    const untold = this.#parts.requests.untold();
    for (const request of untold) this.#tell(request);
    if (untold.length === 0) this.#next.clear();
  }

  #tell(request: JobRequest): void {
    const { requests, outbox, clock } = this.#parts;
    const answer = outbox.find(transactionFor(request.source, 'answer'));
    if (answer === undefined) {
      // On its way, or forgotten long ago.
      if (clock() - request.askedAt > UNANSWERED_MS) requests.noteTold(request.id);
      return;
    }
    if (answer.state === 'dropped') requests.noteTold(request.id);
    else if (isOver(request)) {
      this.#edit(request, answer, 'job-end');
      requests.noteTold(request.id);
      this.#next.delete(request.id);
    } else if (this.#mayTellMore(request, answer)) {
      this.#edit(request, answer, `job${request.edits + 1}`);
      requests.noteEdit(request.id);
      this.#next.set(request.id, this.#ticks + FIRST_PAUSE * 2 ** (request.edits + 1));
    }
  }

  #mayTellMore(request: JobRequest, answer: OutboxRow): boolean {
    if (request.edits >= MAX_EDITS - 1 || (request.state === 'waiting' && request.repeats === 0)) return false;
    const next = this.#next.get(request.id);
    if (next === undefined) this.#next.set(request.id, this.#ticks + FIRST_PAUSE);
    if (next === undefined || this.#ticks < next || answer.state !== 'sent') return false;
    // What did not leave yet would only be outdated by more.
    return this.#parts.outbox.find(transactionFor(request.source, `job${request.edits}`))?.state !== 'pending';
  }

  #edit(request: JobRequest, answer: OutboxRow, part: string): void {
    const { outbox, people, clock, wake } = this.#parts;
    const language = people.find(request.person)?.language ?? 'en';
    outbox.add({
      transaction: transactionFor(request.source, part),
      room: answer.room,
      audience: answer.audience,
      type: 'm.room.message',
      content: editContent(requestWords(language, request, { now: clock(), isBusy: false }), 'm.notice'),
      editOf: answer.transaction,
      source: request.source,
    });
    wake();
  }
}

function isOver({ state, run }: JobRequest): boolean {
  if (state === 'waiting') return false;
  return state !== 'started' || run === null || run.outcome !== 'running';
}
