import type { CommandAttachment, CommandPicture } from './commands/command-spec.ts';
import type { DispatcherParts } from './dispatcher-parts.ts';
import type { EventLine } from './event-line.ts';
import { placeOf } from './incoming.ts';
import { attachmentContent } from './matrix/media.ts';
import { pictureMessage } from './picture-message.ts';
import { queuePart } from './queue-part.ts';
import type { Task } from './task.ts';
import type { TaskLine } from './task-line.ts';
import { say } from './wording/say.ts';

interface AnswerParts extends Pick<DispatcherParts, 'homeserver' | 'outbox' | 'uploads' | 'drawPng' | 'log'> {
  readonly line: EventLine;
  readonly tasks: TaskLine;
}

/**
 * Sends what commands answer with besides words. Uploaded first, then queued in the step that marks the command as handled, so
 * that a restart repeats the upload at most, never the message. Used by the dispatcher alone.
 */
export class CommandAnswers {
  readonly #parts: AnswerParts;

  constructor(parts: AnswerParts) {
    this.#parts = parts;
  }

  /** A file with the text as its caption. */
  async attach(task: Task, file: CommandAttachment, caption: string): Promise<void> {
    const { opened, caller } = task;
    const { homeserver, uploads, line } = this.#parts;
    const content = await attachmentContent(homeserver, { ...file, caption, place: placeOf(opened) });
    uploads.note(content, caller.person);
    line.finish(opened.event.event_id, () => queuePart(this.#parts.outbox, task, { part: 'answer', content }));
  }

  /** The text, and below it the picture; where there is none, the text says why. */
  async illustrate(task: Task, picture: CommandPicture, text: string): Promise<void> {
    const { opened, caller, signal } = task;
    const made = await pictureMessage(this.#parts, picture, { place: placeOf(opened), signal });
    if ('failed' in made) {
      this.#parts.tasks.say(task, `${text}\n\n${say(caller.language, 'picture.failed', { why: made.failed })}`);
      return;
    }
    this.#parts.uploads.note(made.content, caller.person);
    this.#parts.tasks.say(task, text, () =>
      queuePart(this.#parts.outbox, task, { part: 'picture', content: made.content }),
    );
  }
}
