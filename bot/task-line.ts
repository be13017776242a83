import type { AlertLog } from '../core/alert.ts';
import type { Language } from '../core/caller.ts';
import { AppError } from '../core/errors.ts';
import { type Logger, reference } from '../core/log.ts';
import { type EventLine, mayPass } from './event-line.ts';
import { fileNameOf } from './handle-file.ts';
import type { Lane } from './lane.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { isFileMessage } from './message-facts.ts';
import { STOPPED } from './question-desk.ts';
import type { Task } from './task.ts';
import { say, sayError } from './wording/say.ts';

interface TaskLineParts {
  readonly line: Pick<EventLine, 'finish' | 'postpone'>;
  readonly homeserver: Homeserver;
  readonly alerts: AlertLog;
  readonly log: Logger;
  /** Asks the sending loop to look at the outbox. */
  readonly wake: () => void;
}

/** Who waits longer than this for their turn is told. */
const QUEUE_NOTICE_MS = 3000;

/** Sees tasks through to their last words: their turn in a lane, what they say, and what becomes of what they throw. */
export class TaskLine {
  readonly #parts: TaskLineParts;
  readonly #signal: AbortSignal;
  readonly #held = new Map<string, string>();

  constructor(parts: TaskLineParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Shows that a task waits for its turn, when it still does after a moment. */
  tellQueued(lane: Lane, task: Task, text: () => string): void {
    if (lane.length() === 0) return;
    const id = task.opened.event.event_id;
    setTimeout(() => {
      if (!this.#signal.aborted && lane.isWaiting(id)) task.reply.show(text());
    }, QUEUE_NOTICE_MS).unref();
  }

  /** Puts a task aside, in no lane, until its person has nothing in `lane` any more; then goes on with `after`. */
  hold(lane: Lane, task: Task, after: () => Promise<void>): void {
    const notice = setTimeout(() => task.reply.show(say(task.language, 'question.held')), QUEUE_NOTICE_MS);
    const { event } = task.opened;
    this.#held.set(event.event_id, task.caller.person);
    const go = async () => {
      await lane.drainedOf(task.caller.person, task.signal);
      clearTimeout(notice);
      this.#held.delete(event.event_id);
      task.signal.throwIfAborted();
      await after();
    };
    void go().catch((error: unknown) => this.#explain(task, error));
  }

  /** The messages of a person, or of everybody, that are held. */
  heldOf(person?: string): string[] {
    return [...this.#held].filter(([, owner]) => person === undefined || owner === person).map(([event]) => event);
  }

  /** Queues a task in a lane. What it throws becomes words, or another try later. */
  run(lane: Lane, task: Task, work: () => Promise<void>): void {
    const { event, room } = task.opened;
    void this.#parts.homeserver.markRead(room, event.event_id).catch(() => undefined);
    lane.add(task.caller.person, event.event_id, async () => {
      try {
        await work();
      } catch (error) {
        this.#explain(task, error);
      } finally {
        this.#parts.wake();
      }
    });
  }

  /** Queues the last words about an event and marks it handled, together with what `also` notes in bot.db. */
  say(task: Task, text: string, also: () => void = () => {}): void {
    const { event } = task.opened;
    const shown = task.late ? `${say(task.language, 'undecryptable.readable')}\n\n${text}` : text;
    this.#parts.line.finish(event.event_id, (outbox) => {
      task.reply.finish(outbox, shown);
      also();
    });
  }

  /** The end of a question that its person stopped: where nothing was shown, the answer to `!stop` says it. */
  close(task: Task): void {
    if (task.reply.isShown) this.say(task, say(task.language, 'question.stopped'));
    else this.done(task.opened.event.event_id);
    this.#parts.wake();
  }

  /** Marks an event handled about which there is nothing (more) to say. */
  done(event: string): void {
    this.#parts.line.finish(event);
  }

  /** The one place where the bot's errors become words. What may pass by itself is tried again instead. */
  #explain(task: Task, error: unknown): void {
    const { opened, language } = task;
    const id = opened.event.event_id;
    if (this.#signal.aborted) return;
    // Taken back by its sender, who wants to hear nothing more of it.
    if (task.signal.aborted) {
      if (task.signal.reason === STOPPED) this.close(task);
      else this.done(id);
      return;
    }
    if (mayPass(error)) {
      this.#parts.line.postpone(id, error);
      return;
    }
    const words = this.wordsFor(language, error);
    // The person can do nothing about it; whoever runs the machine can.
    if (error instanceof AppError && error.reason === 'reader-unavailable')
      this.#parts.alerts.raise({ code: 'reader-unavailable', severity: 'critical', key: 'reader-unavailable' });
    const isFile = isFileMessage(String(opened.content.msgtype));
    const text = isFile
      ? `${say(language, 'trouble.with-file', { name: fileNameOf(opened.content) })} ${words}`
      : words;
    try {
      this.say(task, text);
    } catch (second) {
      this.#parts.line.postpone(id, second);
    }
  }

  /** An error in words; an internal one is logged under the reference that they show. Throws what may pass by itself. */
  wordsFor(language: Language, error: unknown): string {
    if (this.#signal.aborted || mayPass(error)) throw error;
    const ref = reference();
    if (!(error instanceof AppError) || error.code === 'internal')
      this.#parts.log.error({ err: error, reference: ref }, 'handling failed');
    return sayError(language, error, ref);
  }
}
