import { createHash } from 'node:crypto';
import type { ExportPlan } from '../../core/export/plan-export.ts';
import { code } from '../../core/wording/markdown.ts';
import type { NoteOutcome } from '../commands/run-command.ts';
import type { DispatcherParts } from '../dispatcher-parts.ts';
import { type EventLine, mayPass } from '../event-line.ts';
import { placeOf } from '../incoming.ts';
import { checkpoint } from '../matrix/checkpoint.ts';
import { HomeserverError } from '../matrix/homeserver-error.ts';
import { attachmentContent } from '../matrix/media.ts';
import { messageContent } from '../matrix/message-content.ts';
import { transactionFor } from '../matrix/outbox.ts';
import { STOPPED } from '../question-desk.ts';
import { queuePart } from '../queue-part.ts';
import type { Task } from '../task.ts';
import type { TaskLine } from '../task-line.ts';
import { say } from '../wording/say.ts';
import type { BookedExport, ExportBook } from './export-book.ts';
import { exportPassword } from './export-password.ts';
import { type ExportParts, makePart, planExport } from './make-export.ts';

/** Whoever asks again sooner is pointed to what was sent. */
const PAUSE_MS = 3_600_000;
/** For a homeserver that does not say how much it takes. */
const USUAL_LIMIT = 10 * 1024 * 1024;

/** What exports are made with and remembered in; part of `DispatcherParts`. */
export interface Exporting extends ExportParts {
  readonly book: ExportBook;
}

interface DeskParts extends Pick<DispatcherParts, 'homeserver' | 'outbox' | 'lanes' | 'clock' | 'uploads' | 'wake'> {
  readonly exporting: Exporting;
  readonly line: EventLine;
  readonly tasks: TaskLine;
}

/**
 * Sends people all that is kept about them: the password in a message of its own, then part by part. A part is made in
 * memory, encrypted, uploaded, and its message queued under an id made of the event that asked; the plan and the password's
 * seed are booked before. So whatever ends the process, the next one goes on with the part that was not queued yet, and each
 * is sent once. Used by the dispatcher alone.
 */
export class ExportDesk {
  readonly #parts: DeskParts;
  readonly #signal: AbortSignal;
  readonly #open = new Map<string, Task>();

  constructor(parts: DeskParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#signal = signal;
  }

  /** Queues the export that a message asks for. `note` writes whether it was granted, once. */
  take(task: Task, note: NoteOutcome): void {
    const id = task.opened.event.event_id;
    this.#open.set(id, task);
    this.#parts.tasks.run(this.#parts.lanes.exports, task, () =>
      this.#send(task, note).finally(() => this.#open.delete(id)),
    );
  }

  /** Ends the person's exports; what was queued before is still sent. Returns how many there were. */
  stop(person: string): number {
    let stopped = 0;
    for (const [id, task] of [...this.#open]) {
      if (task.caller.person !== person) continue;
      stopped += 1;
      if (!this.#parts.lanes.exports.remove(id)) this.#parts.line.cancel(id, STOPPED);
      else {
        this.#open.delete(id);
        this.#sayStopped(task);
      }
    }
    return stopped;
  }

  /** The message that asked was deleted by its person: nothing more is sent. */
  deleted(id: string, person: string): void {
    if (this.#open.get(id)?.caller.person !== person) return;
    if (!this.#parts.lanes.exports.remove(id)) this.#parts.line.cancel(id);
    else this.#parts.line.finish(id, () => this.#parts.exporting.book.end(id, 'stopped'));
  }

  async #send(task: Task, note: NoteOutcome): Promise<void> {
    const { exporting } = this.#parts;
    const id = task.opened.event.event_id;
    const isNew = exporting.book.find(id) === undefined;
    const earlier = isNew ? exporting.book.latestOf(task.caller.person, id) : undefined;
    const isTooSoon = earlier !== undefined && earlier.askedAt > this.#parts.clock() - PAUSE_MS;
    if (isNew) note(isTooSoon ? 'refused' : 'done');
    if (isTooSoon) return this.#pointTo(earlier, task);
    try {
      const { booked, plan } = await this.#begin(task);
      for (let part = 1; part <= plan.parts.length; part++) await this.#sendPart(task, { booked, plan, part });
      this.#sayDone(task, plan.parts.length);
    } catch (error) {
      if (this.#signal.aborted || mayPass(error)) throw error;
      if (task.signal.aborted && task.signal.reason === STOPPED) return this.#sayStopped(task);
      exporting.book.end(id, 'stopped');
      throw error;
    }
  }

  #pointTo({ askedAt, state }: BookedExport, task: Task): void {
    const facts = { at: askedAt, free: askedAt + PAUSE_MS };
    this.#parts.tasks.say(
      task,
      say(task.caller.language, state === 'running' ? 'export.running' : 'export.again', facts),
    );
  }

  /** In two messages: the reply stands where it was shown first, above the password and the parts. */
  #sayDone(task: Task, parts: number): void {
    const { language } = task.caller;
    this.#parts.tasks.say(task, say(language, 'export.sent', { parts }), () => {
      this.#queue(task, 'done', messageContent(say(language, 'export.done', { parts }), 'm.notice'));
      this.#parts.exporting.book.end(task.opened.event.event_id, 'done');
    });
  }

  #sayStopped(task: Task): void {
    const { tasks, exporting } = this.#parts;
    tasks.say(task, say(task.caller.language, 'export.stopped'), () =>
      exporting.book.end(task.opened.event.event_id, 'stopped'),
    );
    this.#parts.wake();
  }

  /** Books the export, or finds it booked by a process that ended; plans it, and queues the password. */
  async #begin(task: Task): Promise<{ booked: BookedExport; plan: ExportPlan }> {
    const { exporting } = this.#parts;
    const { caller, opened, signal } = task;
    const { language } = caller;
    const id = opened.event.event_id;
    const booked = exporting.book.begin({ event: id, person: caller.person, room: opened.room });
    task.reply.show(say(language, 'export.begun'));
    const plan = booked.plan ?? (await planExport(exporting, caller, { limit: await this.#limit(), signal }));
    if (!booked.plan) exporting.book.setPlan(id, plan);
    checkpoint('export-planned');
    const password = code(exportPassword(booked.seed));
    this.#queue(task, 'password', messageContent(say(language, 'export.password', { password }), 'm.notice'));
    return { booked, plan };
  }

  async #sendPart(
    task: Task,
    { booked, plan, part }: { booked: BookedExport; plan: ExportPlan; part: number },
  ): Promise<void> {
    const { exporting, outbox, homeserver } = this.#parts;
    const { caller, opened, signal } = task;
    const parts = plan.parts.length;
    if (outbox.find(transactionFor(opened.event.event_id, `part${part}`))) return;
    task.reply.show(say(caller.language, 'export.progress', { nth: part, parts }));
    const password = exportPassword(booked.seed);
    const order = { id: exportId(booked.seed), madeAt: booked.askedAt, password, part };
    const bytes = await makePart(exporting, caller, { plan, order, signal });
    signal.throwIfAborted();
    const content = await attachmentContent(homeserver, {
      bytes,
      name: `kinkeeper-export-${part}-of-${parts}.zip`,
      mime: 'application/zip',
      caption: say(caller.language, 'export.part', { nth: part, parts }),
      place: placeOf(opened),
    });
    this.#parts.uploads.note(content, caller.person);
    checkpoint('export-uploaded');
    signal.throwIfAborted();
    this.#queue(task, `part${part}`, content);
  }

  #queue(task: Task, part: string, content: Record<string, unknown>): void {
    queuePart(this.#parts.outbox, task, { part, content });
    this.#parts.wake();
  }

  async #limit(): Promise<number> {
    try {
      return (await this.#parts.homeserver.uploadLimit()) ?? USUAL_LIMIT;
    } catch (error) {
      if (mayPass(error) || !(error instanceof HomeserverError)) throw error;
      return USUAL_LIMIT;
    }
  }
}

/** Says which parts belong together, and nothing else. */
function exportId(seed: Uint8Array): string {
  return createHash('sha256').update('kinkeeper/v1/export-id').update(seed).digest('hex').slice(0, 32);
}
