import { code } from '../wording/markdown.ts';
import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** The word that confirms, in each language; any of them counts. */
const CONFIRMED = { en: 'yes', de: 'ja' } as const;

/** `!keys rotate yes`: new keys for everybody's documents; the old ones are destroyed. Without the word it says what would happen. */
export const keysRotate = defineCommand({
  name: 'keys rotate',
  typed: { en: 'keys rotate', de: 'schlüssel wechseln' },
  aliases: ['keys renew'],
  where: 'ops',
  role: 'admin',
  destructive: true,
  audit: ({ confirmed }) => (confirmed === undefined ? 'asked' : 'all'),
  arguments: [{ name: 'confirmed', type: 'word', label: 'confirmed', oneOf: Object.values(CONFIRMED), optional: true }],
  examples: ['', 'yes'],
  needs: ['keys', 'clock'],
  execute: ({ caller, keys, clock }, { confirmed }) => {
    const { language } = caller;
    if (confirmed === undefined) {
      const call = code(`!${keysRotate.typed[language]} ${CONFIRMED[language]}`);
      return say(language, 'keys.rotate-ask', { keys: keys.ages().count, call });
    }
    keys.request('all', clock());
    return say(language, 'keys.rotate-begun', { keys: keys.waiting().length });
  },
});
