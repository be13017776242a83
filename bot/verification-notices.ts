import type { People } from '../core/people.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Outbox } from './matrix/outbox.ts';
import type { RoomBook } from './matrix/room-book.ts';
import type { VerificationFlow, VerificationTold } from './matrix/verification.ts';
import { ownChats } from './own-chats.ts';
import { say, type TextKey, type Texts } from './wording/say.ts';

interface NoticeParts {
  readonly own: string;
  readonly opsRoom: () => string | undefined;
  readonly people: People;
  readonly rooms: RoomBook;
  readonly outbox: Outbox;
  readonly wake: () => void;
}

/** Shows people the emojis of a verification that they started, and how it ended, in their direct chat with the bot. */
export function verificationNotices(parts: NoticeParts): VerificationTold {
  return {
    emojis: (check) => {
      const emoji = check.emojis.map(({ symbol, name }) => `${symbol} ${name}`).join('  ');
      tell(parts, check, { transaction: 'kin.verify', key: 'verification.emoji', facts: { emoji } });
    },
    ended: ({ done, ...flow }) =>
      tell(parts, flow, {
        transaction: 'kin.verified',
        key: done ? 'verification.done' : 'verification.cancelled',
        facts: {},
      }),
  };
}

/** A notice in the direct chat where the verification was started, else in any encrypted one with the person. */
function tell<Key extends TextKey>(
  { own, opsRoom, people, rooms, outbox, wake }: NoticeParts,
  flow: VerificationFlow,
  notice: { transaction: string; key: Key; facts: Texts[Key] },
): void {
  const person = people.find(flow.person);
  const chats = ownChats({ own, rooms, isShared: (one) => one === opsRoom() }, flow.person);
  const room = chats.find((one) => one === flow.room) ?? chats[0];
  if (!person || !room) return;
  outbox.add({
    transaction: `${notice.transaction}.${Buffer.from(flow.flow).toString('base64url').slice(0, 40)}`,
    room,
    audience: { kind: 'direct', person: person.id },
    type: 'm.room.message',
    content: messageContent(say(person.language, notice.key, notice.facts), 'm.notice'),
  });
  wake();
}
