import type { Caller } from '../core/caller.ts';
import { AppError } from '../core/errors.ts';
import { indexWords } from '../core/ingest/index-words.ts';
import type { DispatcherParts } from './dispatcher-parts.ts';
import type { EventLine } from './event-line.ts';
import type { FileDesk } from './file-desk.ts';
import { handleRedaction } from './handle-redaction.ts';
import { takeBackThumbsDown } from './handle-thumbs-down.ts';
import type { Surroundings } from './incoming.ts';
import { transactionFor } from './matrix/outbox.ts';
import type { QuestionDesk } from './question-desk.ts';
import type { Task } from './task.ts';
import type { TaskLine } from './task-line.ts';

interface RedactionParts
  extends Pick<
    DispatcherParts,
    'families' | 'people' | 'inbox' | 'vault' | 'files' | 'lanes' | 'homeserver' | 'outbox' | 'marked'
  > {
  readonly line: EventLine;
  readonly tasks: TaskLine;
  readonly fileDesk: FileDesk;
  readonly questionDesk: QuestionDesk;
}

/** Messages that people delete: what they brought is forgotten, what is worked on for them ends, answers are taken back. */
export class RedactionDesk {
  readonly #parts: RedactionParts;

  constructor(parts: RedactionParts) {
    this.#parts = parts;
  }

  /**
   * Answers the deletion of a message in its turn. Of a message that is not known any more only what lies in the person's
   * own file is forgotten, where person and room are noted beside it. Throws what may pass, to be tried again.
   */
  async redact(target: string, task: Task, around: Surroundings): Promise<void> {
    const { inbox, vault } = this.#parts;
    const { event, room } = task.opened;
    const isFrom = inbox.isFrom(task.caller.person, room, target);
    if (!isFrom && inbox.knows(target)) return this.#parts.tasks.done(event.event_id);
    const callers = this.#callers(room, task.caller);
    if (isFrom) takeBackThumbsDown(this.#parts, callers, target);
    const isPending = inbox.isPending(room, target) || this.#parts.fileDesk.passwords.isWaiting(target);
    const isFile = this.#parts.fileDesk.has(target);
    const parts = { vault, wordsOf: indexWords(this.#parts.files) };
    const by = task.caller.person;
    const { language } = task.caller;
    const redacted = { room, target, isPending, isFile, by, language };
    const left = callers.map((caller) => ({
      text: handleRedaction(parts, caller, redacted),
      isOwn: caller === task.caller,
    }));
    const { text, isOwn = true } = left.find((one) => one.text !== undefined) ?? {};
    if (isFrom) this.#parts.fileDesk.passwords.deleted(target);
    if (isPending && !isFile) await this.#stopWork(target);
    // What a password opened is kept; we ask people to delete the message that held it.
    if (isFrom && text === undefined && !this.#parts.fileDesk.passwords.isPassword(target))
      await this.#takeAnswersBack(target, room);
    // In front of others nothing is said of what was one's own before they came.
    const isHeard = around.roomKind === 'direct' || (around.roomKind === 'family' && !isOwn);
    if (text === undefined || !isHeard) this.#parts.tasks.done(event.event_id);
    else this.#parts.tasks.say(task, text);
  }

  /**
   * In whose papers a deleted message may have left something: those of its room (also while somebody unknown is there and
   * nobody may enter: deleting only removes), and the sender's own, from the time when the room was a direct chat.
   */
  #callers(room: string, own: Caller): Caller[] {
    const { families, people } = this.#parts;
    const tenant = families.list().find((one) => one.room === room)?.tenant;
    if (tenant === undefined) return [own];
    return [people.systemCaller(tenant), own];
  }

  /** Ends work on a question that its sender deleted: its answer would quote papers that nobody asks about any more. */
  async #stopWork(question: string): Promise<void> {
    const { questions } = this.#parts.lanes;
    const isHeld = this.#parts.tasks.heldOf().includes(question);
    // A command, which is done in a moment.
    if (this.#parts.line.isInFlight(question) && !questions.has(question) && !isHeld) return;
    if (!this.#parts.questionDesk.remove(question) && this.#parts.line.cancel(question))
      await questions.ended(question);
    this.#parts.line.finish(question);
  }

  /**
   * Deletes what was shown in answer to a question that its sender deleted. Throws what `mayPass`: when the server has
   * to be asked again, and when an answer is just leaving, whose event is not known yet.
   */
  async #takeAnswersBack(question: string, room: string): Promise<void> {
    const { homeserver, outbox } = this.#parts;
    if (outbox.withdraw(room, question) > 0)
      throw new AppError('unavailable', 'An answer is on its way out.', { reason: 'answer-leaving' });
    for (const answer of outbox.answersTo(room, question)) {
      await homeserver.redact(room, answer, transactionFor(answer, 'redact'));
    }
  }
}
