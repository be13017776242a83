import type { People } from '../core/people.ts';
import { messageContent } from './matrix/message-content.ts';
import type { Outbox } from './matrix/outbox.ts';
import type { PasswordChanging } from './matrix/password-book.ts';
import type { PasswordOutcome } from './password-desk.ts';
import { passwordWords } from './password-words.ts';

interface NoticeParts {
  readonly people: Pick<People, 'find'>;
  readonly outbox: Outbox;
  readonly opsRoom: () => string | undefined;
  readonly wake: () => void;
}

/** Says in the ops room how a change of the password ended that went on by itself, in the language of who had asked. */
export function passwordNotices({ people, outbox, opsRoom, wake }: NoticeParts) {
  return (change: PasswordChanging, outcome: PasswordOutcome): void => {
    const language = people.find(change.person)?.language ?? 'en';
    outbox.add({
      transaction: `kin.password.${change.at.toString(36)}`,
      room: opsRoom() ?? '',
      audience: { kind: 'ops' },
      type: 'm.room.message',
      content: messageContent(passwordWords(language, outcome), 'm.notice'),
    });
    wake();
  };
}
