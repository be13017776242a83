import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { asked, defineCommand, done, refused } from './command-spec.ts';
import { YES } from './confirmed.ts';

/** `!keys rotate yes`: new keys for everybody's documents; the old ones are destroyed. Without the word it says what would happen. */
export const keysRotate = defineCommand({
  name: 'keys rotate',
  typed: { en: 'keys rotate', de: 'schlüssel wechseln' },
  aliases: ['keys renew'],
  where: 'ops',
  role: 'admin',
  destructive: true,
  audit: () => 'all',
  // Not CONFIRMED: somebody is named here by whoever knows the command at the shell.
  arguments: [{ name: 'yes', type: 'text', label: 'yes', optional: true }],
  examples: ['', YES],
  needs: ['keys', 'clock'],
  execute: ({ caller, keys, clock }, { yes }) => {
    const { language } = caller;
    if (yes !== undefined && !isYes(yes)) return refused(say(language, 'keys.rotate-one', { given: yes }));
    if (yes === undefined) {
      const call = code(`!${keysRotate.typed[language]} ${YES[language]}`);
      return asked(say(language, 'keys.rotate-ask', { keys: keys.ages().count, call }));
    }
    keys.request('all', clock());
    return done(say(language, 'keys.rotate-begun', { keys: keys.waiting().length }));
  },
});

function isYes(typed: string): boolean {
  return Object.values(YES).some((word) => word === typed.toLowerCase());
}
