import { createHash } from 'node:crypto';
import type { DocumentInfo } from '../core/document.ts';
import type { Person } from '../core/people.ts';
import type { SweepParts } from '../core/retention/sweep.ts';
import { exampleOf } from './commands/retention.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Outbox } from './matrix/outbox.ts';
import type { RoomBook } from './matrix/room-book.ts';
import { code } from './wording/markdown.ts';
import { say } from './wording/say.ts';

/** As many names as stay well under the size of a message. */
const NAMED = 20;

interface NoticeParts {
  readonly own: string;
  readonly rooms: RoomBook;
  readonly outbox: Outbox;
  readonly wake: () => void;
}

/**
 * Tells people in their own chats which documents will go by their age, and which went. A message's name is made of whom it
 * is for and which documents it names, so the sweep may ask for it again after a crash. Who has no chat is told nothing.
 */
export function retentionNotices(parts: NoticeParts): Pick<SweepParts, 'onSoon' | 'onGone'> {
  return {
    onSoon: (person, documents, days) => {
      const change = code(exampleOf('documents', person.language));
      tell(
        parts,
        { person, documents, part: 'soon' },
        say(person.language, 'retention.soon', { days, change, ...named(documents) }),
      );
    },
    onGone: (person, documents, days) =>
      tell(
        parts,
        { person, documents, part: 'gone' },
        say(person.language, 'retention.gone', { days, ...named(documents) }),
      ),
  };
}

function tell(
  { own, rooms, outbox, wake }: NoticeParts,
  { person, documents, part }: { person: Person; documents: readonly DocumentInfo[]; part: string },
  text: string,
): void {
  const room = rooms.directRoomsOf(own, person.id)[0];
  if (room === undefined) return;
  const facts = [person.tenant, part, ...documents.map(({ number }) => number)].join(' ');
  outbox.add({
    transaction: `kin.retention.${createHash('sha256').update(facts).digest('base64url').slice(0, 24)}`,
    room,
    audience: { kind: 'direct', person: person.id },
    type: 'm.room.message',
    content: messageContent(text, 'm.notice'),
  });
  wake();
}

function named(documents: readonly DocumentInfo[]): { names: string[]; more: number } {
  const names = documents.slice(0, NAMED).map(({ name }) => name);
  return { names, more: documents.length - names.length };
}
