import { createHash } from 'node:crypto';
import type { Caller } from '../../core/caller.ts';
import type { EraseCounts, Erasure, ErasureCause, ErasureKind } from '../../core/erase/erasure.ts';
import { AppError } from '../../core/errors.ts';
import type { Person } from '../../core/people.ts';
import type { Inbox } from '../matrix/inbox.ts';
import { messageContent } from '../matrix/message-content.ts';
import type { RoomBook } from '../matrix/room-book.ts';
import { ownChats } from '../own-chats.ts';
import { takeAlongEvent } from '../take-along.ts';
import { say } from '../wording/say.ts';
import { ConfirmCodes } from './confirm-codes.ts';
import { documentCounts } from './document-counts.ts';
import type { EraseParts } from './erase-parts.ts';
import { countInFamilies } from './family-traces.ts';
import { type FreezeParts, freezePerson } from './freeze-person.ts';
import { countRows, eventsOf } from './person-rows.ts';

/** Waits before an erasure, in milliseconds (settings `erase.coolingOffHours`, `erase.afterRemovalDays`). */
export interface EraseWaits {
  readonly coolingOffMs: number;
  readonly afterRemovalMs: number;
}

/** Time for the answer that says so to arrive and be read, also where nothing else is waited for. */
const LAST_WORDS_MS = 10_000;

interface DepartureParts
  extends FreezeParts,
    Pick<EraseParts, 'own' | 'db' | 'vault' | 'families' | 'opsRoom' | 'clock'> {
  readonly rooms: RoomBook;
  readonly inbox: Pick<Inbox, 'addOwn'>;
  readonly waits: EraseWaits;
  /** The inbox holds the export of somebody who was removed. */
  readonly onTakeAlong: () => void;
  /** Looks at once whether something is due. */
  readonly wake: () => void;
}

/** What people and admins ask about leaving and erasing, behind their commands. */
export class Departures {
  readonly #parts: DepartureParts;
  readonly codes: ConfirmCodes;
  readonly waits: EraseWaits;

  constructor(parts: DepartureParts) {
    this.#parts = parts;
    this.codes = new ConfirmCodes(parts.clock);
    this.waits = parts.waits;
  }

  /**
   * What is kept of the caller, in counts; `roomTurns`: how many questions they asked in family rooms; `roomPapers`: what
   * they gave to them, which stays there, `papersAway` of it in rooms that they are not in any more; `unreadRooms`: in how
   * many nobody can look, because their file is damaged.
   */
  preview(caller: Caller, kind: ErasureKind): EraseCounts {
    const { erasing, db, shares } = this.#parts;
    if (kind === 'documents') return documentCounts(this.#parts, caller);
    const { person, tenant } = caller;
    const own = { ...erasing.inventory(tenant).counts, ...countRows(db, person) };
    const { papers, turns, away, unread } = countInFamilies(this.#parts, person, eventsOf(db, { person, rooms: [] }));
    const ofRooms = { roomTurns: turns, roomPapers: papers, papersAway: away, unreadRooms: unread };
    const inRooms = { turns: (own.turns ?? 0) + turns, ...ofRooms };
    return { ...own, shares: shares.countOf(person), ...inRooms };
  }

  /** Records what the caller wants. */
  ask({ person, tenant, language }: Caller, kind: ErasureKind): Erasure {
    const { erasing, clock, waits } = this.#parts;
    const dueAt = clock() + (kind === 'person' ? Math.max(waits.coolingOffMs, LAST_WORDS_MS) : 0);
    return erasing.book.plan({ kind, cause: 'self', person, tenant, language, dueAt });
  }

  /** The open erasure of everything about somebody; undefined when there is none. */
  openOf(person: string): Erasure | undefined {
    return this.#parts.erasing.book.openOf(person);
  }

  /** Takes an erasure back that has not begun. False when there is none, or it has begun. */
  cancel(person: string): boolean {
    const open = this.openOf(person);
    return open !== undefined && this.#parts.erasing.book.cancel(open.id);
  }

  /**
   * Freezes somebody at once, who is told so in their chat, and erases them after the wait. `mayExport`: they get their export
   * there, and may ask for it until then.
   */
  async remove(
    person: Person,
    { mayExport }: { readonly mayExport: boolean } = { mayExport: false },
  ): Promise<Erasure> {
    const { waits, clock } = this.#parts;
    const erasure = this.#plan(person, 'removed', clock() + Math.max(waits.afterRemovalMs, LAST_WORDS_MS));
    this.#sayGoodbye(person, { ...erasure, mayExport });
    await freezePerson(this.#parts, person.id);
    if (mayExport) this.letTakeAlong(erasure);
    this.#parts.wake();
    return erasure;
  }

  /** Hands somebody who is frozen and not erased yet their export, once, and lets them ask for it again. False when it is too late. */
  letTakeAlong({ person, reference, state }: Erasure): boolean {
    const { people, inbox, clock, onTakeAlong } = this.#parts;
    if (person === null || state !== 'waiting' || !people.letTakeAlong(person)) return false;
    const room = this.#chatOf(person);
    if (room !== undefined) inbox.addOwn(room, takeAlongEvent(person, reference, clock()));
    onTakeAlong();
    return true;
  }

  /** Erases somebody without the wait, who is frozen at once. Throws AppError `not-found` (`no-such-person`). */
  async eraseNow(person: string): Promise<Erasure> {
    const { people, clock, erasing, wake } = this.#parts;
    const open = this.openOf(person);
    const known = people.find(person);
    if (known === undefined && open === undefined) throw noSuchPerson(person);
    const erasure = known
      ? this.#plan(known, 'ordered', clock())
      : erasing.book.plan({ ...open!, person: open!.person!, tenant: open!.tenant!, dueAt: clock() });
    if (known) await freezePerson(this.#parts, person);
    wake();
    return erasure;
  }

  #plan({ id, tenant, language }: Person, cause: ErasureCause, dueAt: number): Erasure {
    return this.#parts.erasing.book.plan({ kind: 'person', cause, person: id, tenant, language, dueAt });
  }

  #chatOf(person: string): string | undefined {
    const { rooms, own, opsRoom, families } = this.#parts;
    const isShared = (room: string) => room === opsRoom() || families.has(room);
    return ownChats({ own, rooms, isShared }, person)[0];
  }

  #sayGoodbye({ id, language, tenant }: Person, about: Erasure & { readonly mayExport: boolean }): void {
    const { outbox, clock } = this.#parts;
    const { reference, dueAt, mayExport } = about;
    const room = this.#chatOf(id);
    if (room === undefined) return;
    const name = createHash('sha256').update(`${reference} ${tenant}`).digest('base64url').slice(0, 24);
    outbox.add({
      transaction: `kin.removed.${name}`,
      room,
      audience: { kind: 'direct', person: id, leaving: true },
      type: 'm.room.message',
      content: messageContent(say(language, 'erase.removed', { at: dueAt, now: clock(), mayExport }), 'm.notice'),
    });
  }
}

function noSuchPerson(person: string): AppError {
  return new AppError('not-found', 'this person is not known', { reason: 'no-such-person', facts: { person } });
}
