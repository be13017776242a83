import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/**
 * `!password <password>`: opens the file that asked for one. The file desk (chats) and the console session take the call
 * over, because opening a file is reading it; here only a person ends up for whom no file waits.
 */
export const password = defineCommand({
  name: 'password',
  typed: { en: 'password', de: 'passwort' },
  aliases: ['kennwort'],
  where: 'chats',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [{ name: 'password', type: 'text', label: 'password' }],
  examples: [{ en: 'correct horse', de: 'schneller Schimmel' }],
  needs: [],
  execute: ({ caller }) => say(caller.language, 'password.nothing-waits'),
});
