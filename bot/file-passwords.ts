import { fileNameOf } from './handle-file.ts';
import { type Opened, repliedTo } from './incoming.ts';
import type { Lane } from './lane.ts';
import type { LockedFile, LockedFiles } from './locked-files.ts';
import { editContent } from './matrix/message-content.ts';
import { type Outbox, transactionFor } from './matrix/outbox.ts';
import { type PasswordMessage, passwordMessage } from './password-message.ts';
import type { Route } from './route.ts';
import type { Task } from './task.ts';
import { say } from './wording/say.ts';

interface FilePasswordsParts {
  readonly locked: LockedFiles;
  readonly outbox: Outbox;
  readonly lanes: { readonly files: Lane };
}

/** Files that are locked, and what is said about their passwords. No password is kept here. Used by the file desk. */
export class FilePasswords {
  readonly #parts: FilePasswordsParts;

  constructor(parts: FilePasswordsParts) {
    this.#parts = parts;
  }

  /** True while a file waits for its password. */
  isWaiting(event: string): boolean {
    return this.#parts.locked.isWaiting(event);
  }

  /** The message that brought a file was deleted: no password opens it any more. */
  deleted(event: string): void {
    this.#parts.locked.close(event);
  }

  /** True for messages that held a password: whose answer is about the file, and stays when they are deleted. */
  isPassword(event: string): boolean {
    return this.#parts.locked.isPassword(event);
  }

  /** Forgets keys of files whose time is over. Called about once a second. */
  tick(): void {
    this.#parts.locked.expire();
  }

  /** What a message in a chat says about passwords; undefined when nothing. */
  in(decision: Route, opened: Opened): PasswordMessage | undefined {
    const { locked, outbox } = this.#parts;
    const files = locked.of(opened.event.sender, opened.room);
    // Our words about the file, or about a wrong password for it, or the file's own message.
    const answered = repliedTo(opened) ?? '';
    const source = outbox.sourceOf(opened.room, answered) ?? answered;
    const about = locked.wronglyTried(source) ?? source;
    return passwordMessage(decision, opened, {
      file: files.find(({ event, opened: waits }) => event === about && (waits || answered !== about))?.event,
      isWaiting: files.some((file) => file.opened !== undefined),
      isReading: this.#parts.lanes.files.lengthOf(opened.event.sender) > 0,
      isPassword: (event) => locked.isPassword(event),
    });
  }

  /** The file that a password opens, with that password; or what to say when it opens none. */
  use({ opened: { event, room }, caller }: Task, message: PasswordMessage): PasswordUse {
    const files = this.#parts.locked.of(event.sender, room);
    const named = message.kind === 'password' ? message.file : undefined;
    const file = files.find((one) => (named === undefined ? one.opened : one.event === named));
    return message.kind === 'password' && message.password !== '' && file?.opened
      ? { opened: file.opened, password: message.password }
      : { refused: say(caller.language, whyUnused(message, file)) };
  }

  /** A message turned out to hold a password, whatever became of it. */
  note(event: string): void {
    this.#parts.locked.notePassword(event);
  }

  /** A password opened its file: nothing waits any more, and what asked for it says from now on that the file is kept. */
  succeeded(task: Task, opened: Opened): void {
    this.#parts.locked.notePassword(task.opened.event.event_id);
    this.#parts.locked.close(opened.event.event_id);
    this.#noLongerAsks(task, opened);
  }

  /** A reading with a password failed; `isWrong` when it was the password's fault. */
  failed(task: Task, opened: Opened, isWrong: boolean): void {
    this.#parts.locked.notePassword(task.opened.event.event_id, isWrong ? opened.event.event_id : undefined);
  }

  /** A file asks for its password from now on. */
  ask(opened: Opened): void {
    this.#parts.locked.add(opened);
  }

  #noLongerAsks({ caller, audience }: Task, { event, room, content }: Opened): void {
    const source = event.event_id;
    const asked = transactionFor(source, 'answer');
    if (this.#parts.outbox.find(asked) === undefined) return;
    this.#parts.outbox.add({
      ...{ transaction: transactionFor(source, 'opened'), editOf: asked, source, room },
      audience,
      type: 'm.room.message',
      content: editContent(say(caller.language, 'password.opened', { name: fileNameOf(content) }), 'm.notice'),
    });
  }
}

/** What becomes of a message about a password. */
export type PasswordUse =
  | { readonly opened: Opened; readonly password: string; readonly refused?: never }
  | { readonly refused: string };

function whyUnused(message: PasswordMessage, file: LockedFile | undefined) {
  if (message.kind === 'edited') return 'message.edited-command';
  if (message.kind === 'unclear') return 'password.unclear';
  return file?.opened ? 'password.missing' : 'password.nothing-waits';
}
