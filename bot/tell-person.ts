import { createHash } from 'node:crypto';
import type { Language, PersonId, TenantId } from '../core/caller.ts';
import type { People } from '../core/people.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Outbox, OutgoingMessage } from './matrix/outbox.ts';
import { type OwnChatParts, ownChats } from './own-chats.ts';

interface TellParts extends OwnChatParts {
  readonly outbox: Outbox;
  readonly people: Pick<People, 'find'>;
  readonly wake: () => void;
}

const TELLING = 'kin.told.';

/** True for the transaction of a message that `tellPerson` made. */
export function isTelling(transaction: string): boolean {
  return transaction.startsWith(TELLING);
}

/** A message for somebody who did not ask: `key` names it for ever, the text is in the person's language. */
export interface Telling {
  readonly key: string;
  readonly text: (language: Language) => string;
  /** The shelf of the share that it speaks of: it is not sent any more once that has ended. */
  readonly share?: TenantId;
}

const ABOUT_SHARE = 'share ';

/** Says something to a person in their own direct chat. False when they have none with the bot. Given to commands by the bot. */
export function tellPerson({ outbox, people, wake, ...where }: TellParts, id: PersonId, telling: Telling): boolean {
  const person = people.find(id);
  const [room] = ownChats(where, id);
  if (!person || room === undefined) return false;
  outbox.add({
    transaction: `${TELLING}${createHash('sha256').update(`${id} ${telling.key}`).digest('base64url').slice(0, 24)}`,
    room,
    audience: { kind: 'direct', person: id },
    type: 'm.room.message',
    content: messageContent(telling.text(person.language), 'm.notice'),
    ...(telling.share !== undefined && { source: `${ABOUT_SHARE}${telling.share}` }),
  });
  wake();
  return true;
}

/** True for a message that speaks of a share which has ended. Asked by the sender right before each message goes. */
export function speaksOfEnded({ source }: Pick<OutgoingMessage, 'source'>, people: Pick<People, 'tenants'>): boolean {
  if (source === undefined || !source.startsWith(ABOUT_SHARE)) return false;
  return !people.tenants().some(({ tenant }) => `${ABOUT_SHARE}${tenant}` === source);
}

/** Forgets the words of waiting messages that speak of ended shares. Called by housekeeping. */
export function dropEnded({
  outbox,
  people,
}: {
  readonly outbox: Pick<Outbox, 'waitingAbout' | 'dropAbout'>;
  readonly people: Pick<People, 'tenants'>;
}): void {
  outbox.dropAbout(outbox.waitingAbout(ABOUT_SHARE).filter((source) => speaksOfEnded({ source }, people)));
}
