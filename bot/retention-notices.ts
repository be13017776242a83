import { createHash } from 'node:crypto';
import type { Language, TenantId } from '../core/caller.ts';
import type { DocumentInfo } from '../core/document.ts';
import type { People, Person } from '../core/people.ts';
import type { RoomNotices, SweepParts } from '../core/retention/sweep.ts';
import type { FamilyRoom } from '../core/rooms.ts';
import { code } from '../core/wording/markdown.ts';
import { exampleOf } from './commands/retention.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Audience, Outbox } from './matrix/outbox.ts';
import type { RoomBook } from './matrix/room-book.ts';
import { type OwnChatParts, ownChats } from './own-chats.ts';
import { say } from './wording/say.ts';

/** As many names as stay well under the size of a message. */
const NAMED = 20;

interface NoticeParts extends OwnChatParts {
  readonly rooms: RoomBook;
  readonly outbox: Outbox;
  readonly wake: () => void;
}

/** The people who are known, for the languages of a room. */
interface RoomNoticeParts extends NoticeParts {
  readonly people: Pick<People, 'find'>;
}

/**
 * Tells people in their own chats which documents will go by their age, and which went. A message's name is made of whom it
 * is for and which documents it names, so the sweep may ask for it again after a crash. Who has no chat is told nothing.
 */
export function retentionNotices(parts: NoticeParts): Pick<SweepParts, 'onSoon' | 'onGone'> {
  const tell = (person: Person, notice: Notice, text: string) => {
    const [room] = ownChats(parts, person.id);
    const to = { tenant: person.tenant, audience: { kind: 'direct', person: person.id } } as const;
    if (room !== undefined) queue(parts, { ...to, room, ...notice }, text);
  };
  return {
    onSoon: (person, documents, days) => {
      const change = code(exampleOf('documents', person.language));
      const text = say(person.language, 'retention.soon', { days, change, ...named(documents) });
      tell(person, { documents, part: 'soon' }, text);
    },
    onGone: (person, documents, days) =>
      tell(person, { documents, part: 'gone' }, say(person.language, 'retention.gone', { days, ...named(documents) })),
  };
}

/** The same for what belongs to a family room, said there in each language that somebody in it speaks. */
export function roomRetentionNotices(parts: RoomNoticeParts): RoomNotices {
  const tell = (to: FamilyRoom, notice: Notice, words: (language: Language) => string) => {
    const known = parts.rooms.joinedMembers(to.room).flatMap((member) => parts.people.find(member) ?? []);
    const languages = [...new Set(known.map(({ language }) => language))];
    if (languages.length === 0) return;
    queue(parts, { ...to, audience: { kind: 'family' }, ...notice }, languages.map(words).join('\n\n'));
  };
  return {
    onSoon: (room, documents, days) =>
      tell(room, { documents, part: 'soon' }, (language) =>
        say(language, 'retention.room-soon', { days, ...named(documents) }),
      ),
    onGone: (room, documents, days) =>
      tell(room, { documents, part: 'gone' }, (language) =>
        say(language, 'retention.gone', { days, ...named(documents) }),
      ),
  };
}

interface Notice {
  readonly documents: readonly DocumentInfo[];
  readonly part: 'soon' | 'gone';
}

function queue(
  { outbox, wake }: NoticeParts,
  { tenant, room, audience, documents, part }: Notice & { tenant: TenantId; room: string; audience: Audience },
  text: string,
): void {
  const facts = [tenant, part, ...documents.map(({ number }) => number)].join(' ');
  outbox.add({
    transaction: `kin.retention.${createHash('sha256').update(facts).digest('base64url').slice(0, 24)}`,
    ...{ room, audience, type: 'm.room.message', content: messageContent(text, 'm.notice') },
  });
  wake();
}

function named(documents: readonly DocumentInfo[]): { names: string[]; more: number } {
  const names = documents.slice(0, NAMED).map(({ name }) => name);
  return { names, more: documents.length - names.length };
}
