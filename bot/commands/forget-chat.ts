import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done } from './command-spec.ts';

/**
 * `!forget chat`: removes what is remembered of the caller's questions and answers: in every thread of their direct chats, or,
 * given in a family room, in that room, where nothing of others goes.
 */
export const forgetChat = defineCommand({
  name: 'forget chat',
  typed: { en: 'forget chat', de: 'vergiss gespräch' },
  aliases: ['delete chat', 'forget talk', 'vergiss chat', 'vergiss unterhaltung'],
  where: 'chats',
  role: 'member',
  destructive: true,
  audit: (_values, { caller }) => caller.tenant,
  arguments: [],
  examples: [''],
  needs: ['vault', 'inRooms'],
  execute: ({ caller, place, vault, inRooms }) => {
    const { language, person } = caller;
    if (place === 'family') {
      return done(say(language, 'forgotten.room-chat', { turns: inRooms?.forgetQuestions(caller) ?? 0 }));
    }
    const turns = vault.write(caller, (writer) => writer.forgetTurns());
    const elsewhere = inRooms?.count(person).questions ?? 0;
    const again = code(`!${forgetChat.typed[language]}`);
    return done(say(language, 'forgotten.chat', { turns, elsewhere, again }));
  },
});
