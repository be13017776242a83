import { say } from '../wording/say.ts';
import { defineCommand, done } from './command-spec.ts';

/** `!forget chat`: removes what is remembered of the caller's questions and answers, in every room and thread. */
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
  needs: ['vault'],
  execute: ({ caller, vault }) => {
    const turns = vault.write(caller, (writer) => writer.forgetTurns());
    return done(say(caller.language, 'forgotten.chat', { turns }));
  },
});
