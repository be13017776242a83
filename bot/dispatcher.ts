import type { AlertLog } from '../core/alert.ts';
import type { Caller, TenantId } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import { indexWords } from '../core/ingest/index-words.ts';
import { type Logger, reference } from '../core/log.ts';
import type { People } from '../core/people.ts';
import type { Vault } from '../core/tenant.ts';
import { answerPlainRequest } from './answer-plain-request.ts';
import { type CommandReply, runCommand } from './commands/run-command.ts';
import type { CommandServices } from './commands/services.ts';
import { EventLine, mayPass } from './event-line.ts';
import { FileDesk } from './file-desk.ts';
import { type FileParts, fileNameOf } from './handle-file.ts';
import { type Ask, handleQuestion } from './handle-question.ts';
import { handleRedaction } from './handle-redaction.ts';
import { handleThumbsDown, takeBackThumbsDown } from './handle-thumbs-down.ts';
import { audienceOf, factsOf, isRedacted, type Opened, openEvent, placeOf, type Surroundings } from './incoming.ts';
import type { Lane } from './lane.ts';
import type { LockedFiles } from './locked-files.ts';
import type { MarkedAnswers } from './marked-answers.ts';
import type { CryptoMachine } from './matrix/crypto-machine.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import type { Inbox, InboxEvent } from './matrix/inbox.ts';
import { attachmentContent } from './matrix/media.ts';
import { messageContent } from './matrix/message-content.ts';
import { type Outbox, transactionFor } from './matrix/outbox.ts';
import type { ReplayGuard } from './matrix/replay-guard.ts';
import type { RoomBook } from './matrix/room-book.ts';
import type { Sender } from './matrix/sender.ts';
import type { VerificationAnswerer } from './matrix/verification.ts';
import { isFileMessage } from './message-facts.ts';
import { QuestionDesk, STOPPED } from './question-desk.ts';
import { Reply, type ReplyTarget } from './reply.ts';
import { REFUSAL_TEXTS, type Route, route } from './route.ts';
import type { Task } from './task.ts';
import type { Welcome } from './welcome.ts';
import { say, sayError } from './wording/say.ts';

export interface DispatcherParts {
  readonly own: string;
  readonly homeserver: Homeserver;
  readonly crypto: CryptoMachine;
  readonly inbox: Inbox;
  readonly replays: ReplayGuard;
  readonly outbox: Outbox;
  readonly sender: Sender;
  readonly rooms: RoomBook;
  readonly verification: VerificationAnswerer;
  readonly welcome: Welcome;
  readonly people: People;
  readonly alerts: AlertLog;
  readonly vault: Vault;
  readonly files: FileParts;
  readonly locked: LockedFiles;
  readonly marked: MarkedAnswers;
  readonly ask: Ask;
  readonly commands: CommandServices;
  /** Commands run beside everything else; questions go before reading, text before scans; people take turns in each lane. */
  readonly lanes: { readonly commands: Lane; readonly questions: Lane; readonly files: Lane; readonly scans: Lane };
  readonly opsRoom: () => string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  /** Asks the sending loop to look at the outbox. */
  readonly wake: () => void;
}

/** Who waits longer than this for their turn is told. */
const QUEUE_NOTICE_MS = 3000;

/** Decides what each event is and sees it through to its reply. Errors become words here. */
export class Dispatcher {
  #parts: DispatcherParts;
  #signal: AbortSignal;
  #line: EventLine;
  #desk: QuestionDesk;
  #files: FileDesk;

  constructor(parts: DispatcherParts, signal: AbortSignal) {
    this.#parts = { ...parts, ask: askAboutFiles(parts) };
    this.#signal = signal;
    this.#line = new EventLine({ ...parts, begin: (item) => this.#begin(item) }, signal);
    this.#desk = new QuestionDesk({
      lane: parts.lanes.questions,
      clock: parts.clock,
      cancel: (event, reason) => this.#line.cancel(event, reason),
      close: (task) => this.#close(task),
    });
    this.#files = new FileDesk(
      this.#parts,
      {
        finish: (event, queue) => this.#line.finish(event, queue),
        run: (lane, task, work) => this.#run(lane, task, work),
        tellQueued: (lane, task, text) => this.#tellQueued(lane, task, text),
        say: (task, text, also) => this.#finish(task, text, also),
        wordsFor: (caller, error) => this.#wordsFor(caller, error),
      },
      signal,
    );
  }

  /** Starts work on every event that is open. Safe to call at any time; returns when the line was looked through. */
  pump(): Promise<void> {
    return this.#line.pump();
  }

  /** True when an event waits for another try. */
  get hasRetries(): boolean {
    return this.#line.hasRetries;
  }

  /** Ends what this person asked and has no answer yet. Returns how many questions were answered, and waited. */
  stopQuestions(person: string): { running: number; waiting: number } {
    return this.#desk.stop(person);
  }

  /** The background embedding has done all of a document. */
  tellDeep(tenant: TenantId, document: number): void {
    this.#files.deep.tell(tenant, document);
  }

  /** Small recurring duties. Called about once a second. */
  tick(): void {
    this.#files.tick();
  }

  async #begin(item: InboxEvent): Promise<void> {
    const opened = await openEvent(item, (event, room) => this.#parts.crypto.decrypt(event, room));
    if (!opened) return this.#line.wait(item.event.event_id);
    const { event, room } = opened;
    if (opened.wasEncrypted && !this.#parts.replays.admit(event)) {
      this.#parts.log.warn('a message that the server showed before under another event was left alone');
      return this.#done(event.event_id);
    }
    if (opened.type === 'm.room.member' || opened.type === 'm.room.encryption') {
      this.#parts.welcome.consider(room, event.content.membership === 'join' ? event.state_key : undefined);
      this.#parts.outbox.hurry();
      this.#parts.wake();
      return this.#done(event.event_id);
    }
    const around = this.#surroundings(room, event.sender);
    const caller = this.#parts.people.callerFor(event.sender);
    if (!caller || isRedacted(event)) return this.#done(event.event_id);
    const decision = route(factsOf(opened, around));
    const task: Task = {
      opened,
      caller,
      reply: this.#replyTo(opened, around, { msgtype: msgtypeFor(decision) }),
      late: item.told,
      signal: this.#line.signalOf(event.event_id),
    };
    const password = around.roomKind === 'direct' ? this.#files.passwordIn(decision, opened) : undefined;
    if (password) return this.#files.password(task, password);
    await this.#follow(decision, task, around);
  }

  async #follow(decision: Route, task: Task, around: Surroundings): Promise<void> {
    const { lanes, verification } = this.#parts;
    const { event, room } = task.opened;
    switch (decision.kind) {
      case 'ignore':
        return this.#done(event.event_id);
      case 'verification':
        await verification.receive({ ...event, type: task.opened.type, content: task.opened.content }, room);
        await verification.advance([task.caller.person]);
        return this.#done(event.event_id);
      case 'refuse':
        return this.#refuse(decision, task, around);
      case 'redaction':
        return this.#run(lanes.commands, task, () => this.#redact(decision.target, task, around));
      case 'thumbs-down':
        return this.#run(lanes.commands, task, async () => this.#thumbsDown(decision.target, task));
      case 'command':
      case 'unknown-command': {
        const args = decision.kind === 'command' ? decision.args : '';
        return this.#run(lanes.commands, task, () => this.#command({ name: decision.name, args }, task, around));
      }
      case 'plain-request':
        return this.#run(lanes.commands, task, async () => {
          const asked = { caller: task.caller, place: 'direct' } as const;
          this.#finish(task, await answerPlainRequest(decision.request, asked, this.#parts.commands));
        });
      case 'question':
        this.#tellQueued(lanes.questions, task, () =>
          say(task.caller.language, 'question.queued', this.#desk.waitOf(event.event_id)),
        );
        return this.#ask(task, async () => this.#finish(task, await handleQuestion(this.#parts, decision.text, task)));
      case 'edit-of-question':
        return this.#ask(task, () => this.#editedQuestion(decision, task, around));
      case 'file':
        return this.#files.take(task, decision.caption);
    }
  }

  /** Shows that a task waits for its turn, when it still does after a moment. */
  #tellQueued(lane: Lane, task: Task, text: (ahead: number) => string): void {
    const ahead = lane.length();
    if (ahead === 0) return;
    const id = task.opened.event.event_id;
    setTimeout(() => {
      if (!this.#signal.aborted && lane.isWaiting(id)) task.reply.show(text(ahead));
    }, QUEUE_NOTICE_MS).unref();
  }

  #ask(task: Task, work: () => Promise<void>): void {
    this.#run(this.#parts.lanes.questions, task, this.#desk.add(task, work));
  }

  /** Queues a task in a lane. What it throws becomes words, or another try later. */
  #run(lane: Lane, task: Task, work: () => Promise<void>): void {
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

  async #command(call: { name: string; args: string }, task: Task, around: Surroundings): Promise<void> {
    const { caller } = task;
    const place = around.roomKind === 'ops' ? 'ops' : 'direct';
    const answer = await runCommand({ ...call, place, caller }, this.#parts.commands);
    if (answer.attachment) await this.#attach(answer.attachment, answer.text, task);
    else this.#finish(task, answer.text);
  }

  async #attach(
    file: NonNullable<CommandReply['attachment']>,
    caption: string,
    { opened, caller }: Task,
  ): Promise<void> {
    const { event, room } = opened;
    const content = await attachmentContent(this.#parts.homeserver, { ...file, caption, place: placeOf(opened) });
    this.#line.finish(event.event_id, (outbox) =>
      outbox.add({
        transaction: transactionFor(event.event_id, 'answer'),
        room,
        audience: { kind: 'direct', person: caller.person },
        type: 'm.room.message',
        content,
        source: event.event_id,
      }),
    );
  }

  /** Answers an edited question in the place of its first answer, which may still be on its way. */
  async #editedQuestion(edit: { target: string; text: string }, task: Task, around: Surroundings): Promise<void> {
    const earlier = transactionFor(edit.target, 'answer');
    const known = this.#parts.outbox.find(earlier);
    const isThere = known !== undefined && known.state !== 'dropped';
    const reply = isThere ? this.#replyTo(task.opened, around, { msgtype: 'm.text', replaces: earlier }) : task.reply;
    // One question, also in memory: what it said before is forgotten, and deleting the message forgets what it says now.
    this.#parts.vault.write(task.caller, (writer) => writer.forgetTurnOf(edit.target));
    const ask: Ask = (caller, question, options) =>
      this.#parts.ask(caller, { ...question, event: edit.target }, options);
    this.#finish({ ...task, reply }, await handleQuestion({ ...this.#parts, ask }, edit.text, { ...task, reply }));
  }

  async #redact(target: string, task: Task, around: Surroundings): Promise<void> {
    const { inbox, vault } = this.#parts;
    const { event, room } = task.opened;
    if (!inbox.mayBeFrom(task.caller.person, room, target)) return this.#done(event.event_id);
    takeBackThumbsDown(this.#parts, task.caller, target);
    const isPending = inbox.isPending(room, target) || this.#files.isLocked(target);
    const isFile = this.#files.has(target);
    const parts = { vault, wordsOf: indexWords(this.#parts.files) };
    const text = handleRedaction(parts, task.caller, { room, target, isPending, isFile });
    this.#files.deleted(target);
    if (isPending && !isFile) await this.#stopWork(target);
    // What a password opened is kept; we ask people to delete the message that held it.
    if (text === undefined && !this.#files.isPassword(target)) await this.#takeAnswersBack(target, room);
    if (text === undefined || around.roomKind !== 'direct') this.#done(event.event_id);
    else this.#finish(task, text);
  }

  /** Ends work on a question that its sender deleted: its answer would quote papers that nobody asks about any more. */
  async #stopWork(question: string): Promise<void> {
    const { questions } = this.#parts.lanes;
    // A command, which is done in a moment.
    if (this.#line.isInFlight(question) && !questions.has(question)) return;
    if (!this.#desk.remove(question) && this.#line.cancel(question)) await questions.ended(question);
    this.#line.finish(question);
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

  #thumbsDown(target: string, task: Task): void {
    const { event, room } = task.opened;
    const text = handleThumbsDown(this.#parts, task.caller, { room, target, reaction: event.event_id });
    if (text === undefined) this.#done(event.event_id);
    else this.#finish(task, text);
  }

  #refuse(decision: Extract<Route, { kind: 'refuse' }>, task: Task, around: Surroundings): void {
    const { rooms } = this.#parts;
    const { room } = task.opened;
    const once =
      decision.why === 'not-direct' ? 'crowd' : decision.why === 'ops-no-questions' ? decision.why : undefined;
    if (once !== undefined && rooms.wasTold(room, once)) {
      this.#done(task.opened.event.event_id);
      return;
    }
    const shown =
      decision.why === 'not-encrypted'
        ? this.#replyTo(task.opened, { ...around, roomKind: 'other' }, { msgtype: 'm.notice' })
        : task.reply;
    this.#finish({ ...task, reply: shown }, say(task.caller.language, REFUSAL_TEXTS[decision.why]), () => {
      if (once !== undefined) rooms.firstTime(room, once);
    });
    this.#parts.wake();
  }

  /** Queues the last words about an event and marks it handled, together with what `also` notes in bot.db. */
  #finish(task: Task, text: string, also: () => void = () => {}): void {
    const { event } = task.opened;
    const shown = task.late ? `${say(task.caller.language, 'undecryptable.readable')}\n\n${text}` : text;
    this.#line.finish(event.event_id, (outbox) => {
      task.reply.finish(outbox, shown);
      also();
    });
  }

  /** The end of a question that its person stopped: where nothing was shown, the answer to `!stop` says it. */
  #close(task: Task): void {
    if (task.reply.isShown) this.#finish(task, say(task.caller.language, 'question.stopped'));
    else this.#done(task.opened.event.event_id);
    this.#parts.wake();
  }

  #done(event: string): void {
    this.#line.finish(event);
  }

  /** The one place where the bot's errors become words. What may pass by itself is tried again instead. */
  #explain(task: Task, error: unknown): void {
    const { opened, caller } = task;
    const id = opened.event.event_id;
    if (this.#signal.aborted) return;
    // Taken back by its sender, who wants to hear nothing more of it.
    if (task.signal.aborted) {
      if (task.signal.reason === STOPPED) this.#close(task);
      else this.#done(id);
      return;
    }
    if (mayPass(error)) {
      this.#line.postpone(id, error);
      return;
    }
    const words = this.#wordsFor(caller, error);
    // The person can do nothing about it; whoever runs the machine can.
    if (error instanceof AppError && error.reason === 'reader-unavailable')
      this.#parts.alerts.raise({ code: 'reader-unavailable', severity: 'critical', key: 'reader-unavailable' });
    const isFile = isFileMessage(String(opened.content.msgtype));
    const text = isFile
      ? `${say(caller.language, 'trouble.with-file', { name: fileNameOf(opened.content) })} ${words}`
      : words;
    try {
      this.#finish(task, text);
    } catch (second) {
      this.#line.postpone(id, second);
    }
  }

  /** An error in words; an internal one is logged under the reference that they show. Throws what may pass by itself. */
  #wordsFor(caller: Caller, error: unknown): string {
    if (this.#signal.aborted || mayPass(error)) throw error;
    const ref = reference();
    if (!(error instanceof AppError) || error.code === 'internal')
      this.#parts.log.error({ err: error, reference: ref }, 'handling failed');
    return sayError(caller.language, error, ref);
  }

  #surroundings(room: string, sender: string): Surroundings {
    const { own, rooms, people, opsRoom } = this.#parts;
    const members = rooms.joinedMembers(room);
    const person = people.find(sender);
    const isDirect = members.length === 2 && members.includes(own) && members.includes(sender);
    return {
      roomKind: room === opsRoom() ? 'ops' : isDirect ? 'direct' : 'other',
      roomEncrypted: rooms.everEncrypted(room),
      sender: sender === own ? 'self' : (person?.role ?? 'stranger'),
    };
  }

  #replyTo(opened: Opened, around: Surroundings, kind: Pick<ReplyTarget, 'msgtype' | 'replaces'>): Reply {
    const { event, room } = opened;
    return new Reply(
      { outbox: this.#parts.outbox, sender: this.#parts.sender, now: this.#parts.clock, wake: this.#parts.wake },
      {
        room,
        audience: audienceOf(around.roomKind, event.sender),
        source: event.event_id,
        place: placeOf(opened),
        ...kind,
      },
    );
  }

  /** A message that tells somebody their last message is still locked; queued once per event. */
  tellWaiting(item: InboxEvent): void {
    const { event, room } = item;
    const caller = this.#parts.people.callerFor(event.sender);
    const around = this.#surroundings(room, event.sender);
    if (caller && around.roomKind === 'direct') {
      this.#parts.outbox.add({
        transaction: transactionFor(event.event_id, 'waiting'),
        room,
        audience: audienceOf(around.roomKind, event.sender),
        type: 'm.room.message',
        content: messageContent(say(caller.language, 'undecryptable.waiting'), 'm.notice', {
          inReplyTo: event.event_id,
        }),
      });
    }
    // After the queueing, which a repeat does not double.
    this.#parts.inbox.markTold(event.event_id);
    this.#parts.wake();
  }
}

/** A reply to what we said about a file is about that file, like a reply to the file's own message. */
function askAboutFiles({ ask, outbox }: Pick<DispatcherParts, 'ask' | 'outbox'>): Ask {
  return (caller, question, options) => {
    const { about } = question;
    // A thread's conversation is named behind its room.
    const room = question.room.split(' ', 1)[0]!;
    return ask(caller, { ...question, about: about && (outbox.sourceOf(room, about) ?? about) }, options);
  };
}

/** What somebody waits for is a message that rings; the rest are notices, which no bot answers. */
function msgtypeFor(decision: Route): 'm.text' | 'm.notice' {
  return ['question', 'edit-of-question', 'file'].includes(decision.kind) ? 'm.text' : 'm.notice';
}
