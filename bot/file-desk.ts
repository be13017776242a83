import type { AlertLog } from '../core/alert.ts';
import { asksAboutFile } from '../core/ask/asks-about-file.ts';
import { frameLanguage } from '../core/ask/frame-language.ts';
import type { TenantId } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import { isLocked } from '../core/ingest/file-error.ts';
import { CaptionQuestions } from './caption-questions.ts';
import type { DayCounter } from './day-counter.ts';
import { DeepNotices } from './deep-notices.ts';
import type { EventLine } from './event-line.ts';
import { mayPass } from './event-line.ts';
import { FileBursts } from './file-burst.ts';
import { FilePasswords } from './file-passwords.ts';
import { type FileOutcome, type FileParts, fileNameOf, handleFile } from './handle-file.ts';
import { type Ask, askChecked, type LastWords, questionOf } from './handle-question.ts';
import type { Opened } from './incoming.ts';
import type { Lane } from './lane.ts';
import type { LockedFiles } from './locked-files.ts';
import type { Inbox } from './matrix/inbox.ts';
import { messageContent } from './matrix/message-content.ts';
import { type Outbox, transactionFor } from './matrix/outbox.ts';
import { readMessage } from './message-facts.ts';
import type { PasswordMessage } from './password-message.ts';
import type { Task } from './task.ts';
import type { TaskLine } from './task-line.ts';
import { say } from './wording/say.ts';

/** What the file desk works with. */
export interface FileDeskParts {
  readonly files: FileParts;
  readonly locked: LockedFiles;
  /** `scans` takes files that need text recognition, so that a long one never holds up other people's texts. */
  readonly lanes: { readonly files: Lane; readonly scans: Lane };
  readonly alerts: AlertLog;
  readonly inbox: Inbox;
  readonly outbox: Outbox;
  readonly ask: Ask;
  readonly counter: DayCounter;
  readonly clock: Clock;
  readonly wake: () => void;
}

/** How work is seen through to its last words. */
export interface FileDeskLines {
  readonly line: Pick<EventLine, 'finish'>;
  readonly tasks: TaskLine;
}

/** One reading of a file: `task` answers it, which is the message with the file or the one with its password. */
interface Reading {
  readonly task: Task;
  readonly opened: Opened;
  readonly caption: string;
  readonly password?: string;
}

/** Files sent at once are over when nothing came for so long. */
const BURST_QUIET_MS = 1500;

/** Everything about files in chats: their turns, captions, and what is told about many of them. */
export class FileDesk {
  readonly #parts: FileDeskParts;
  readonly #line: FileDeskLines['line'];
  readonly #tasks: TaskLine;
  readonly #bursts: FileBursts;
  /** Tells when documents that were kept here have all their dense vectors. */
  readonly deep: DeepNotices;
  /** Questions below files that are not kept or not answered yet. */
  readonly captions: CaptionQuestions;
  /** What is said about passwords of locked files. */
  readonly passwords: FilePasswords;
  /** Names of files that wait or are read, by the event that is answered. */
  readonly #unread = new Map<string, { readonly tenant: TenantId; readonly name: string }>();

  constructor(parts: FileDeskParts, { line, tasks }: FileDeskLines, signal: AbortSignal) {
    this.#parts = parts;
    this.#bursts = new FileBursts(BURST_QUIET_MS, signal);
    this.deep = new DeepNotices(parts);
    this.captions = new CaptionQuestions(parts.inbox);
    this.passwords = new FilePasswords(parts);
    this.#line = line;
    this.#tasks = tasks;
  }

  /** Queues a file. Only the first of several sent at once is told to wait: one notice says it for all. */
  take(task: Task, caption: string): void {
    const { files } = this.#parts.lanes;
    const { language } = task.caller;
    const { event, content } = task.opened;
    const isFirst = this.#bursts.begin(burstOf(task), event.event_id);
    if (isFirst) {
      this.#tasks.tellQueued(files, task, () => say(language, 'reading.queued', { name: fileNameOf(content) }));
    }
    this.#read(files, { task, opened: task.opened, caption }, 'no');
  }

  /** True while a file waits, is read, or waits for its password. */
  has(event: string): boolean {
    const { lanes } = this.#parts;
    return lanes.files.has(event) || lanes.scans.has(event) || this.passwords.isWaiting(event);
  }

  /** Names of a tenant's files that wait to be read or are being read, the oldest first; not those that wait for a password. */
  unreadOf(tenant: TenantId): string[] {
    return [...this.#unread.values()].filter((file) => file.tenant === tenant).map(({ name }) => name);
  }

  /** Opens a waiting file with a password, or says why not. The password lives until its reading has ended. */
  password(task: Task, message: PasswordMessage): void {
    const use = this.passwords.use(task, message);
    if (use.refused === undefined) {
      const { opened, password } = use;
      const { text: caption } = readMessage(opened.content);
      this.#read(this.#parts.lanes.files, { task, opened, caption, password }, 'no');
      return;
    }
    this.#tasks.say(task, use.refused, () => this.passwords.note(task.opened.event.event_id));
    this.#parts.wake();
  }

  #read(lane: Lane, reading: Reading, ocr: 'no' | 'yes'): void {
    const { task, opened, caption, password } = reading;
    const event = task.opened.event.event_id;
    this.#unread.set(event, { tenant: task.caller.tenant, name: fileNameOf(opened.content) });
    if (isQuestion(caption)) this.captions.add(event, task.caller.person);
    this.#tasks.run(lane, task, async () => {
      let outcome: FileOutcome;
      try {
        outcome = await handleFile(this.#parts.files, {
          ...{ caller: task.caller, opened, reply: task.reply, signal: task.signal, ocr },
          note: isQuestion(caption) ? '' : caption,
          ...(password !== undefined && { password }),
        });
      } catch (error) {
        this.#over(event);
        this.#failed(reading, error);
        return;
      }
      if (outcome.kind !== 'scan') this.#unread.delete(event);
      try {
        await this.#tell(reading, outcome);
      } finally {
        if (outcome.kind !== 'scan') this.#over(event);
      }
    });
  }

  /** Nothing of a file waits any more. */
  #over(event: string): void {
    this.#unread.delete(event);
    this.captions.end(event);
  }

  async #tell(reading: Reading, outcome: FileOutcome): Promise<void> {
    const { task, opened } = reading;
    const { language } = task.caller;
    this.#parts.alerts.clear('reader-unavailable');
    if (outcome.kind === 'scan') {
      const { pages } = outcome;
      const { scans } = this.#parts.lanes;
      task.reply.show(
        say(language, 'reading.scan', { name: fileNameOf(opened.content), pages, waits: scans.length() > 0 }),
      );
      this.#read(scans, reading, 'yes');
      return;
    }
    if (outcome.kind === 'gone') {
      // Deleted while it was read: the redaction is answered, and this event has nothing more to say.
      if (reading.password !== undefined || task.reply.isShown)
        this.#tasks.say(task, say(language, 'forgotten.before-reading'));
      else this.#line.finish(task.opened.event.event_id);
      this.#ended(task, 'gone');
      return;
    }
    const { text: answer, check } = await this.#answer(reading);
    const shown = [outcome.text, answer, ...this.#advice(reading)].filter((part) => part !== '').join('\n\n');
    if (!outcome.kept.known) this.deep.expect(task, outcome.kept.document.number, shown);
    this.#tasks.say(task, shown, () => {
      check();
      if (reading.password !== undefined) this.passwords.succeeded(task, opened);
    });
    if (!outcome.kept.known) this.#parts.counter.kept();
    this.#ended(task, outcome.kept.known ? 'known' : 'kept');
  }

  /** The answer to a caption that asks; '' for other captions, and when `!stop` ended it. The file is kept, whatever becomes of the question. */
  async #answer({ task, opened, caption }: Reading): Promise<LastWords> {
    const asWords = (text: string): LastWords => ({ text, check: () => {} });
    if (!isQuestion(caption)) return asWords('');
    const { caller } = task;
    const question = { ...questionOf(task.opened, caption), about: opened.event.event_id };
    const stop = this.captions.asked(task.opened.event.event_id);
    if (stop.aborted) return asWords('');
    const signal = AbortSignal.any([task.signal, stop]);
    const language = frameLanguage(caption, caller.language);
    return askChecked(this.#parts.ask, caller, question, { signal, onPartial: () => undefined }).catch(
      (error: unknown) => asWords(stop.aborted ? '' : this.#tasks.wordsFor(language, error)),
    );
  }

  #advice({ task, password }: Reading): string[] {
    return password === undefined ? [] : [say(task.caller.language, 'password.used')];
  }

  /** A locked file waits for its password; everything else is the dispatcher's to explain. */
  #failed(reading: Reading, error: unknown): void {
    const { task, opened, password } = reading;
    const name = fileNameOf(opened.content);
    if (!mayPass(error) && !task.signal.aborted) this.#ended(task, { failed: name });
    const { language } = task.caller;
    const isWrong = password !== undefined && isLocked(error);
    if (password !== undefined && !mayPass(error)) this.passwords.failed(task, opened, isWrong);
    if (!isLocked(error)) throw error;
    const text = say(language, password === undefined ? 'password.ask' : 'password.wrong', { name });
    this.#tasks.say(task, text, () => this.passwords.ask(opened));
  }

  #ended(task: Task, outcome: Parameters<FileBursts['end']>[1]['outcome']): void {
    const { event, room } = task.opened;
    const { audience } = task;
    const { language } = task.caller;
    this.#bursts.end(burstOf(task), { event: event.event_id, outcome }, ({ last, ...counts }) => {
      this.#parts.outbox.add({
        transaction: transactionFor(last, 'summary'),
        room,
        audience,
        type: 'm.room.message',
        content: messageContent(say(language, 'files.summary', counts), 'm.notice'),
      });
      this.#parts.wake();
    });
  }
}

function burstOf({ caller, opened }: Task): string {
  return `${caller.person} ${opened.room}`;
}

function isQuestion(caption: string): boolean {
  return /[?？؟]\s*$/.test(caption) || asksAboutFile(caption);
}
