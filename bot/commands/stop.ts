import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** `!stop`: ends the caller's questions that are being answered or wait for their turn, and their exports. */
export const stop = defineCommand({
  name: 'stop',
  typed: { en: 'stop', de: 'stopp' },
  aliases: ['cancel', 'abbrechen', 'halt'],
  where: 'chats',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['stopQuestions'],
  execute: ({ caller, stopQuestions }) =>
    say(caller.language, 'stopped', { exports: 0, ...stopQuestions(caller.person) }),
});
