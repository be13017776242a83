import type { Caller, Language } from '../core/caller.ts';
import type { Erasure } from '../core/erase/erasure.ts';
import { exportDocument } from './commands/export.ts';
import { findCommand } from './commands/find-command.ts';
import { COMMANDS } from './commands/index.ts';
import { firstWord } from './commands/parse-arguments.ts';
import type { DispatcherParts } from './dispatcher-parts.ts';
import type { EventLine } from './event-line.ts';
import type { ExportDesk } from './export/export-desk.ts';
import { type Opened, placeOf } from './incoming.ts';
import { readMessage } from './message-facts.ts';
import { Reply } from './reply.ts';
import { TAKE_ALONG } from './take-along.ts';
import { say } from './wording/say.ts';

type LeaverParts = Pick<
  DispatcherParts,
  'own' | 'opsRoom' | 'rooms' | 'families' | 'people' | 'outbox' | 'sender' | 'clock' | 'wake' | 'commands'
> & { readonly line: EventLine; readonly exports: ExportDesk };

/** Longer than the last words take, and shorter than any time to think. */
const A_MOMENT_MS = 60_000;

/**
 * Answers people who were removed and are not erased yet, in their own chat: one sentence says what is going on and until
 * when. Whoever may take their things along gets their export, and nothing else. Used by the dispatcher alone.
 */
export class LeaverDesk {
  readonly #parts: LeaverParts;

  constructor(parts: LeaverParts) {
    this.#parts = parts;
  }

  /** Whether somebody's erasure begins this moment, without a time to think: nothing more is done for them. */
  isEnding(person: string): boolean {
    const open = this.#waitingOf(person);
    return open !== undefined && open.dueAt - open.askedAt < A_MOMENT_MS;
  }

  /** Handles what somebody wrote for whom no caller is made, or nothing more is done. */
  take(opened: Opened): void {
    const { line, people } = this.#parts;
    const { event, type } = opened;
    const erasure = this.#waitingOf(event.sender);
    const isSaid = type === 'm.room.message' || type === TAKE_ALONG;
    if (erasure === undefined || !isSaid || !this.#isTheirChat(opened)) {
      line.finish(event.event_id);
      return;
    }
    const caller = people.leavingCallerFor(event.sender);
    if (caller !== undefined && asksForExport(opened)) {
      this.#export(opened, caller, erasure.language);
      return;
    }
    const text = this.#sentence(erasure, caller !== undefined);
    line.finish(event.event_id, (outbox) => this.#replyTo(opened).finish(outbox, text));
    this.#parts.wake();
  }

  #export(opened: Opened, caller: Caller, language: Language): void {
    const { event } = opened;
    const reply = this.#replyTo(opened);
    const audience = audienceOf(event.sender);
    const signal = this.#parts.line.signalOf(event.event_id);
    this.#parts.exports.take({ opened, caller, audience, language, reply, late: false, signal }, (outcome) =>
      this.#parts.commands.audit.append({
        ...{ at: this.#parts.clock(), actor: caller.person, action: 'command.export', target: caller.tenant, outcome },
      }),
    );
  }

  /** Once it runs, the receipt is the last that is said. */
  #waitingOf(person: string): Erasure | undefined {
    const open = this.#parts.commands.departures?.openOf(person);
    return open?.state === 'waiting' ? open : undefined;
  }

  #sentence({ dueAt: at, language }: Erasure, mayExport: boolean): string {
    return say(language, 'erase.frozen', { at, now: this.#parts.clock(), mayExport });
  }

  /** Nobody but the two is there, and nothing was ever sent in the clear. */
  #isTheirChat({ room, event }: Opened): boolean {
    const { own, rooms, families, opsRoom } = this.#parts;
    const members = rooms.joinedMembers(room);
    const isAlone = members.length === 2 && members.includes(own) && members.includes(event.sender);
    return isAlone && rooms.everEncrypted(room) && !families.has(room) && room !== opsRoom();
  }

  #replyTo(opened: Opened): Reply {
    const { outbox, sender, clock, wake } = this.#parts;
    const { event, room } = opened;
    const target = { room, audience: audienceOf(event.sender), source: event.event_id, place: placeOf(opened) };
    return new Reply({ outbox, sender, now: clock, wake }, { ...target, msgtype: 'm.notice' });
  }
}

function audienceOf(person: string) {
  return { kind: 'direct', person, leaving: true } as const;
}

function asksForExport({ type, content, wasEncrypted, shield }: Opened): boolean {
  if (type === TAKE_ALONG) return true;
  const [, typed] = /^[!/]\s*(\S.*)$/s.exec(readMessage(content).text.trim()) ?? [];
  if (typed === undefined || !wasEncrypted || shield !== 'ok') return false;
  const found = findCommand(COMMANDS, ...firstWord(typed));
  return found?.command === exportDocument && found.rest.trim() === '';
}
