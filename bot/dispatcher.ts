import { frameLanguage } from '../core/ask/frame-language.ts';
import type { Caller, Language, TenantId } from '../core/caller.ts';
import { alertToldBy } from './alert-desk.ts';
import { answerPlainRequest } from './answer-plain-request.ts';
import { callerIn, isChat, placeIn, toldOnce } from './caller-in.ts';
import { CommandAnswers } from './command-answers.ts';
import { runCommand } from './commands/run-command.ts';
import type { DispatcherParts } from './dispatcher-parts.ts';
import { EventLine } from './event-line.ts';
import { ExportDesk } from './export/export-desk.ts';
import { FileDesk } from './file-desk.ts';
import { type Ask, handleQuestion, type LastWords, type QuestionParts } from './handle-question.ts';
import { handleThumbsDown } from './handle-thumbs-down.ts';
import { audienceOf, factsOf, isRedacted, type Opened, openEvent, repliedTo, type Surroundings } from './incoming.ts';
import { LeaverDesk } from './leaver-desk.ts';
import type { InboxEvent } from './matrix/inbox.ts';
import { messageContent } from './matrix/message-content.ts';
import { transactionFor } from './matrix/outbox.ts';
import { readMessage } from './message-facts.ts';
import { QuestionDesk, STOPPED } from './question-desk.ts';
import { RedactionDesk } from './redaction-desk.ts';
import { REFUSAL_TEXTS, type RefusalReason, type Route, route } from './route.ts';
import { replyTo, surroundingsOf } from './surroundings.ts';
import type { Task } from './task.ts';
import { TaskLine } from './task-line.ts';
import { say } from './wording/say.ts';

/** Decides what each event is and hands it to whoever sees it through: commands, questions, files, deletions. */
export class Dispatcher {
  #parts: DispatcherParts;
  #line: EventLine;
  #tasks: TaskLine;
  #questions: QuestionDesk;
  #files: FileDesk;
  #redactions: RedactionDesk;
  #exports: ExportDesk;
  #leavers: LeaverDesk;
  #answers: CommandAnswers;

  constructor(parts: DispatcherParts, signal: AbortSignal) {
    this.#parts = { ...parts, ask: askAboutFiles(parts) };
    this.#line = new EventLine({ ...parts, begin: (item) => this.#begin(item) }, signal);
    const [line, tasks] = [this.#line, new TaskLine({ ...parts, line: this.#line }, signal)];
    this.#tasks = tasks;
    this.#questions = new QuestionDesk({
      lane: parts.lanes.questions,
      clock: parts.clock,
      cancel: (event, reason) => line.cancel(event, reason),
      close: (task) => tasks.close(task),
    });
    this.#answers = new CommandAnswers({ ...parts, line, tasks });
    this.#files = new FileDesk(this.#parts, { line, tasks }, signal);
    this.#exports = new ExportDesk({ ...this.#parts, line, tasks }, signal);
    this.#leavers = new LeaverDesk({ ...this.#parts, line, exports: this.#exports });
    this.#redactions = new RedactionDesk({
      ...this.#parts,
      ...{ line, tasks, fileDesk: this.#files, questionDesk: this.#questions },
    });
  }

  /** Starts work on every event that is open. Safe to call at any time; returns when the line was looked through. */
  pump(): Promise<void> {
    return this.#line.pump();
  }

  /** True when an event waits for another try. */
  get hasRetries(): boolean {
    return this.#line.hasRetries;
  }

  /** Ends what this person asked, also below files, and has no answer yet, and their exports. Returns how many of each. */
  stopQuestions(person: string): { running: number; waiting: number; exports: number } {
    const [asked, below] = [this.#questions.stop(person), this.#files.captions.stop(person)];
    const exports = this.#exports.stop(person);
    const held = this.#tasks.heldOf(person).filter((event) => this.#line.cancel(event, STOPPED)).length;
    return { running: asked.running + below.running, waiting: asked.waiting + below.waiting + held, exports };
  }

  /** Ends everything that is worked on for a person, and resolves when nothing of theirs runs any more. */
  stopAll(person: string): Promise<void> {
    this.stopQuestions(person);
    const { commands, questions, files, scans, exports } = this.#parts.lanes;
    return this.#line.endWork(person, [questions, files, scans, exports, commands]);
  }

  /** Ends the reading of a person's files, and resolves when none is being read any more. */
  stopReading(person: string): Promise<void> {
    return this.#line.endWork(person, [this.#parts.lanes.files, this.#parts.lanes.scans]);
  }

  /** The background embedding has done all of a document. */
  tellDeep(tenant: TenantId, document: number): void {
    this.#files.deep.tell(tenant, document);
  }

  /** Small recurring duties. Called about once a second. */
  tick(): void {
    this.#files.passwords.tick();
  }

  async #begin(item: InboxEvent): Promise<void> {
    const opened = await openEvent(item, (event, room) => this.#parts.crypto.decrypt(event, room));
    if (!opened) return this.#line.wait(item.event.event_id);
    const { event, room } = opened;
    if (opened.wasEncrypted && !this.#parts.replays.admit(event)) {
      this.#parts.log.warn('a message that the server showed before under another event was left alone');
      return this.#tasks.done(event.event_id);
    }
    if (opened.type === 'm.room.member' || opened.type === 'm.room.encryption') {
      this.#parts.welcome.consider(room, event.content.membership === 'join' ? event.state_key : undefined);
      this.#parts.outbox.hurry();
      this.#parts.wake();
      return this.#tasks.done(event.event_id);
    }
    const around = surroundingsOf(this.#parts, { room, sender: event.sender, membersThen: item.membersThen });
    const person = this.#parts.people.callerFor(event.sender);
    if (isRedacted(event)) return this.#tasks.done(event.event_id);
    if (!person || this.#leavers.isEnding(event.sender)) return this.#leavers.take(opened);
    const decision = route(factsOf(opened, around, { own: this.#parts.own, repliesToUs: this.#repliesToUs(opened) }));
    this.#parts.meter?.message(decision.kind);
    this.#parts.log.debug({ route: decision.kind }, 'a message is taken up');
    const caller = this.#callerIn(room, { around, decision, person });
    if (!caller) return this.#tasks.done(event.event_id);
    const task: Task = {
      opened,
      caller,
      audience: audienceOf(around.roomKind, event.sender),
      language: languageFor(decision, caller.language),
      reply: replyTo(this.#parts, opened, { roomKind: around.roomKind, msgtype: msgtypeFor(decision) }),
      late: item.told,
      signal: this.#line.signalOf(event.event_id),
    };
    await this.#passwordOr(decision, task, around);
  }

  /** Takes a password for one; anything else is followed, what may be one as soon as no file is read any more that it may open. */
  async #passwordOr(decision: Route, task: Task, around: Surroundings): Promise<void> {
    const password = isChat(around) ? this.#files.passwords.in(decision, task.opened) : undefined;
    if (password?.kind === 'held') {
      this.#tasks.hold(this.#parts.lanes.files, task, () => this.#passwordOr(decision, task, around));
    } else if (password) this.#files.password(task, password);
    else await this.#follow(decision, task, around);
  }

  /** See `callerIn`. A room that becomes a family's opens nothing that was sent before, when it was one person's. */
  #callerIn(room: string, about: { around: Surroundings; decision: Route; person: Caller }): Caller | undefined {
    const { families, locked } = this.#parts;
    const wasFamily = families.has(room);
    const caller = callerIn(families, { ...about, room });
    if (!wasFamily && families.has(room)) locked.closeRoom(room);
    return caller;
  }

  /** In a family room: a reply to what the bot said, or an edit of what it answered. */
  #repliesToUs(opened: Opened): boolean {
    const { outbox } = this.#parts;
    const target = repliedTo(opened);
    if (target !== undefined) return outbox.sourceOf(opened.room, target) !== undefined;
    const edited = readMessage(opened.content).target;
    return edited !== null && outbox.find(transactionFor(edited, 'answer')) !== undefined;
  }

  async #follow(decision: Route, task: Task, around: Surroundings): Promise<void> {
    const { lanes, verification } = this.#parts;
    const { event, room } = task.opened;
    switch (decision.kind) {
      case 'ignore':
        return this.#tasks.done(event.event_id);
      case 'verification':
        await verification.receive({ ...event, type: task.opened.type, content: task.opened.content }, room);
        await verification.advance([task.caller.person]);
        return this.#tasks.done(event.event_id);
      case 'refuse':
        return this.#refuse(decision, task, around);
      case 'redaction':
        this.#exports.deleted(decision.target, task.caller.person);
        return this.#tasks.run(lanes.commands, task, () => this.#redactions.redact(decision.target, task, around));
      case 'thumbs-down':
        return this.#tasks.run(lanes.commands, task, async () => this.#thumbsDown(decision.target, task, around));
      case 'thumbs-up': {
        const alert = alertToldBy(this.#parts.outbox, room, decision.target);
        if (alert === undefined) return this.#tasks.done(event.event_id);
        const call = { name: 'alerts', args: `ack ${alert}` };
        return this.#tasks.run(lanes.commands, task, () => this.#command(call, task, around));
      }
      case 'command':
      case 'unknown-command': {
        const args = decision.kind === 'command' ? decision.args : '';
        return this.#tasks.run(lanes.commands, task, () => this.#command({ name: decision.name, args }, task, around));
      }
      case 'plain-request':
        return this.#tasks.run(lanes.commands, task, async () => {
          const asked = { caller: task.caller, place: placeIn(around) } as const;
          this.#tasks.say(task, await answerPlainRequest(decision.request, asked, this.#parts.commands));
        });
      case 'question':
        if (!decision.quiet)
          this.#tasks.tellQueued(lanes.questions, task, () =>
            say(task.language, 'question.queued', { isLong: this.#questions.isLong(event.event_id) }),
          );
        return this.#ask(task, async () =>
          this.#answer(task, await handleQuestion(this.#questionParts(), decision, task)),
        );
      case 'edit-of-question':
        return this.#ask(task, () => this.#editedQuestion(decision, task, around));
      case 'file':
        return this.#files.take(task, decision.caption);
    }
  }

  #questionParts(): QuestionParts {
    return { ...this.#parts, unread: (tenant) => this.#files.unreadOf(tenant) };
  }

  /** Queues a question. `work` says whether it gave an answer, whose time counts from now. */
  #ask(task: Task, work: () => Promise<boolean>): void {
    const since = this.#parts.clock();
    const counted = async () => {
      if (await work()) this.#parts.counter.answered(since);
    };
    this.#tasks.run(this.#parts.lanes.questions, task, this.#questions.add(task, counted));
  }

  /** False for a question that people asked each other and that the documents say nothing about. */
  #answer(task: Task, { text, check }: LastWords): boolean {
    if (text === '') this.#tasks.done(task.opened.event.event_id);
    else this.#tasks.say(task, text, check);
    return text !== '';
  }

  async #command(call: { name: string; args: string }, task: Task, around: Surroundings): Promise<void> {
    const { caller } = task;
    const source = task.opened.event.event_id;
    const answer = await runCommand({ ...call, source, place: placeIn(around), caller }, this.#parts.commands);
    if (answer.everything) this.#exports.take(task, answer.everything);
    else if (answer.attachment) await this.#answers.attach(task, answer.attachment, answer.text);
    else if (answer.picture) await this.#answers.illustrate(task, answer.picture, answer.text);
    else this.#tasks.say(task, answer.text);
  }

  /** Answers an edited question in the place of its first answer, which may still be on its way. */
  async #editedQuestion(edit: { target: string; text: string }, task: Task, around: Surroundings): Promise<boolean> {
    const earlier = transactionFor(edit.target, 'answer');
    const known = this.#parts.outbox.find(earlier);
    const isThere = known !== undefined && known.state !== 'dropped';
    const reply = isThere
      ? replyTo(this.#parts, task.opened, { roomKind: around.roomKind, msgtype: 'm.text', replaces: earlier })
      : task.reply;
    // One question, also in memory: what it said before is forgotten, and deleting the message forgets what it says now.
    this.#parts.vault.write(task.caller, (writer) => writer.forgetTurnOf(edit.target));
    const ask: Ask = (caller, question, options) =>
      this.#parts.ask(caller, { ...question, event: edit.target }, options);
    const asked = { ...task, reply };
    return this.#answer(asked, await handleQuestion({ ...this.#questionParts(), ask }, edit, asked));
  }

  #thumbsDown(target: string, task: Task, around: Surroundings): void {
    const { event, room } = task.opened;
    const isRoom = around.roomKind === 'family';
    const text = handleThumbsDown(this.#parts, task.caller, { room, isRoom, target, reaction: event.event_id });
    if (text === undefined) this.#tasks.done(event.event_id);
    else this.#tasks.say(task, text);
  }

  #refuse(decision: Extract<Route, { kind: 'refuse' }>, task: Task, around: Surroundings): void {
    const { rooms } = this.#parts;
    const { room } = task.opened;
    const once = this.#toldOnce(decision.why, task.caller.person, around);
    if (once !== undefined && rooms.wasTold(room, once)) {
      this.#tasks.done(task.opened.event.event_id);
      return;
    }
    const shown =
      decision.why === 'not-encrypted' || decision.why === 'identity-changed'
        ? replyTo(this.#parts, task.opened, { roomKind: 'other', msgtype: 'm.notice' })
        : task.reply;
    this.#tasks.say({ ...task, reply: shown }, say(task.caller.language, REFUSAL_TEXTS[decision.why]), () => {
      if (once !== undefined) rooms.firstTime(room, once);
    });
    this.#parts.wake();
  }

  /** See `toldOnce`; of each new identity anew. */
  #toldOnce(why: RefusalReason, person: string, around: Surroundings): string | undefined {
    const once = toldOnce(why, person, around);
    return why === 'identity-changed' ? `${once} ${this.#parts.commands.identities.waiting(person) ?? ''}` : once;
  }

  /** A message that tells somebody their last message is still locked; queued once per event. */
  tellWaiting(item: InboxEvent): void {
    const { event, room } = item;
    const caller = this.#parts.people.callerFor(event.sender);
    const around = surroundingsOf(this.#parts, { room, sender: event.sender });
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

function languageFor(decision: Route, own: Language): Language {
  const isAsked = decision.kind === 'question' || decision.kind === 'edit-of-question';
  return isAsked ? frameLanguage(decision.text, own) : own;
}

/** What somebody waits for is a message that rings; the rest are notices, which no bot answers. */
function msgtypeFor(decision: Route): 'm.text' | 'm.notice' {
  return ['question', 'edit-of-question', 'file'].includes(decision.kind) ? 'm.text' : 'm.notice';
}
