import { say } from '../wording/say.ts';
import { defineCommand, done } from './command-spec.ts';

/**
 * `!lockdown`: drops the keys of everybody's documents from memory at once. Only `kinkeeper unlock` at the shell lifts it.
 * Asks nothing back: whoever needs it is in a hurry, and nothing is lost by it. `!lockdown now!!`
 * locks as well.
 */
export const lockdown = defineCommand({
  name: 'lockdown',
  typed: { en: 'lockdown', de: 'sperren' },
  aliases: ['lock'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: () => '-',
  arguments: [],
  ignoresMore: true,
  examples: [''],
  needs: ['lockDown'],
  execute: ({ caller, lockDown }) => {
    lockDown(caller.language);
    return done(say(caller.language, 'lockdown.begun'));
  },
});
