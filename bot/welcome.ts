import { createHash } from 'node:crypto';
import type { Language } from '../core/caller.ts';
import type { Clock } from '../core/clock.ts';
import { opsLanguage } from '../core/ops-language.ts';
import type { People, Person } from '../core/people.ts';
import type { FamilyRooms } from '../core/rooms.ts';
import type { Homeserver } from './matrix/homeserver.ts';
import { HomeserverError } from './matrix/homeserver-error.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Audience, Outbox } from './matrix/outbox.ts';
import type { RoomBook } from './matrix/room-book.ts';
import { roomKindOf } from './room-kind.ts';
import { say } from './wording/say.ts';

interface WelcomeParts {
  readonly own: string;
  readonly rooms: RoomBook;
  readonly outbox: Outbox;
  readonly people: People;
  readonly families: FamilyRooms;
  readonly homeserver: Homeserver;
  readonly opsRoom: () => string | undefined;
  readonly clock: Clock;
}

/**
 * Says what is to be said when a room becomes, or stops being, a place to talk: the greeting, once per person; what is
 * wrong with a room that is not encrypted or has other people in it, once per room and cause. Called whenever a room's
 * members or encryption changed; saying nothing is the normal case.
 */
export class Welcome {
  #parts: WelcomeParts;

  constructor(parts: WelcomeParts) {
    this.#parts = parts;
  }

  /** `joiner` is who just joined, when that is why it is called. */
  consider(room: string, joiner?: string): void {
    const { own, rooms, people, opsRoom } = this.#parts;
    const others = rooms.joinedMembers(room).filter((member) => member !== own);
    if (room === opsRoom()) {
      if (others.length > 0) rooms.atOnce(() => this.#welcomeOps(room));
      return;
    }
    const known = others.flatMap((id) => people.find(id) ?? []);
    const [first] = known;
    if (!first) return;
    const kind = roomKindOf(this.#parts, room);
    if (kind === 'direct') this.#considerDirect(room, first);
    else if (kind === 'family') this.#considerFamily(room, known, joiner);
    else if (known.length < others.length) rooms.atOnce(() => this.#considerCrowd(room, { known, joiner }));
  }

  #considerFamily(room: string, known: readonly Person[], joiner: string | undefined): void {
    const { rooms } = this.#parts;
    rooms.atOnce(() => this.#explainFamily(room, known, joiner));
    if (rooms.everEncrypted(room)) void this.#hideHistory(room).catch(() => undefined);
  }

  #explainFamily(room: string, known: readonly Person[], joiner: string | undefined): void {
    const { rooms } = this.#parts;
    if (!rooms.everEncrypted(room)) {
      if (rooms.firstTime(room, 'not-encrypted'))
        this.#sayToAll(room, known, { key: 'not-encrypted', words: (language) => say(language, 'room.not-encrypted') });
      return;
    }
    const wasCrowd = rooms.wasTold(room, 'crowd');
    const isFirst = rooms.firstTime(room, 'family');
    rooms.forgetTold(room, 'crowd');
    if (isFirst) {
      const grew = rooms.wasTold(room, 'direct') ? (joiner ?? '') : '';
      rooms.forgetTold(room, 'direct');
      this.#sayToAll(room, known, {
        key: 'family',
        words: (language) => say(language, 'family.welcome', { joiner: grew }),
      });
    } else if (wasCrowd) {
      this.#sayToAll(room, known, { key: 'family-again', words: (language) => say(language, 'family.again') });
    }
    if (known.length > 1) rooms.forgetTold(room, 'family-alone');
    else if (rooms.firstTime(room, 'family-alone'))
      this.#sayToAll(room, known, { key: 'family-alone', words: (language) => say(language, 'family.alone') });
  }

  /** In each language that somebody in the room speaks. Plain words only where the room is not encrypted. */
  #sayToAll(
    room: string,
    known: readonly Person[],
    { key, words }: { key: string; words: (language: Language) => string },
  ): void {
    const languages = [...new Set(known.map(({ language }) => language))];
    const audience: Audience = this.#parts.rooms.everEncrypted(room) ? { kind: 'family' } : { kind: 'room' };
    this.#say(room, audience, { key, text: languages.map(words).join('\n\n') });
  }

  #welcomeOps(room: string): void {
    if (!this.#parts.rooms.firstTime(room, 'ops-welcome')) return;
    this.#say(room, { kind: 'ops' }, { key: 'ops.welcome', text: say(opsLanguage(this.#parts.people), 'ops.welcome') });
  }

  #considerDirect(room: string, person: Person): void {
    const { rooms } = this.#parts;
    rooms.atOnce(() => this.#explainDirect(room, person));
    if (!rooms.everEncrypted(room)) return;
    this.#greet(room, person);
    // Nobody waits for it: what fails is tried again at the next change of the room.
    void this.#hideHistory(room).catch(() => undefined);
  }

  #explainDirect(room: string, person: Person): void {
    const { rooms } = this.#parts;
    if (!rooms.everEncrypted(room)) {
      if (!rooms.firstTime(room, 'not-encrypted')) return;
      this.#say(room, { kind: 'room' }, { key: 'not-encrypted', text: say(person.language, 'room.not-encrypted') });
      return;
    }
    rooms.firstTime(room, 'direct');
    if (!rooms.wasTold(room, 'crowd') && !rooms.wasTold(room, 'family')) return;
    rooms.forgetTold(room, 'crowd');
    rooms.forgetTold(room, 'family');
    this.#say(
      room,
      { kind: 'direct', person: person.id },
      { key: 'direct-again', text: say(person.language, 'room.direct-again') },
    );
  }

  #considerCrowd(room: string, { known, joiner }: { known: readonly Person[]; joiner: string | undefined }): void {
    const { own, rooms, families, people } = this.#parts;
    const [person] = known;
    if (!person || !rooms.firstTime(room, 'crowd')) return;
    if (rooms.wasTold(room, 'family') || families.has(room)) {
      const stranger = rooms.joinedMembers(room).find((member) => member !== own && !people.find(member)) ?? '';
      const languages = [...new Set(known.map(({ language }) => language))];
      const text = languages.map((language) => say(language, 'family.stranger', { person: stranger })).join('\n\n');
      this.#say(room, { kind: 'room' }, { key: 'crowd', text });
      return;
    }
    const wasDirect = !rooms.firstTime(room, 'direct');
    if (!wasDirect) rooms.forgetTold(room, 'direct');
    const text =
      wasDirect && joiner !== undefined
        ? say(person.language, 'room.someone-joined', { person: joiner })
        : say(person.language, 'room.not-direct');
    this.#say(room, { kind: 'room' }, { key: 'crowd', text });
  }

  #greet(room: string, person: Person): void {
    if (person.greetedAt !== null) return;
    this.#parts.outbox.add({
      transaction: `kin.greeting.${digest(`${person.id} ${person.tenant}`)}`,
      room,
      audience: { kind: 'direct', person: person.id },
      type: 'm.room.message',
      content: messageContent(say(person.language, 'greeting'), 'm.notice'),
    });
    this.#parts.people.markGreeted(person.id, this.#parts.clock());
  }

  /** Whoever is invited later must not read what was said before. Where the bot may not set it, the audience check still holds. */
  async #hideHistory(room: string): Promise<void> {
    const { homeserver, rooms } = this.#parts;
    if (rooms.wasTold(room, 'history')) return;
    try {
      const state = await homeserver.state(room, 'm.room.history_visibility');
      if (state?.history_visibility !== 'joined') {
        await homeserver.setState(room, 'm.room.history_visibility', { history_visibility: 'joined' });
      }
    } catch (error) {
      if (!(error instanceof HomeserverError) || error.transient) throw error;
    }
    rooms.firstTime(room, 'history');
  }

  #say(room: string, audience: Audience, message: { key: string; text: string }): void {
    this.#parts.outbox.add({
      transaction: `kin.${message.key}.${digest(room)}.${this.#parts.clock().toString(36)}`,
      room,
      audience,
      type: 'm.room.message',
      content: messageContent(message.text, 'm.notice'),
    });
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 24);
}
