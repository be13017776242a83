import { say } from '../wording/say.ts';
import { defineCommand, done, refused } from './command-spec.ts';

/** `!keys confirm <last group>`: shows that the recovery code was written down; the messages with the secrets are taken back. */
export const keysConfirm = defineCommand({
  name: 'keys confirm',
  typed: { en: 'keys confirm', de: 'schlüssel bestätigen' },
  aliases: ['keys bestätigen'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  // Nothing of what was typed.
  audit: () => 'recovery-code',
  arguments: [{ name: 'group', type: 'word', label: 'last-group' }],
  examples: ['7QM3F'],
  needs: ['handOver'],
  execute: async ({ caller, handOver }, { group }) => {
    const confirmed = await handOver?.confirm(group);
    if (confirmed === undefined) return refused(say(caller.language, 'keys.confirm-none'));
    return done(say(caller.language, 'keys.confirmed', confirmed));
  },
});
