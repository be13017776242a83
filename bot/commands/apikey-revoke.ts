import { AppError } from '../../core/errors.ts';
import { say } from '../wording/say.ts';
import { defineCommand, done } from './command-spec.ts';

/** `!apikey revoke <n>`: ends a key of the caller at once. */
export const apikeyRevoke = defineCommand({
  name: 'apikey revoke',
  typed: { en: 'apikey revoke', de: 'apischlüssel sperren' },
  aliases: ['apikey delete', 'apikey end', 'apikey remove', 'zugangsschlüssel sperren', 'apischlüssel löschen'],
  where: 'direct',
  role: 'member',
  destructive: true,
  audit: ({ number }, { caller }) => `${caller.tenant}/${number}`,
  arguments: [{ name: 'number', type: 'number', label: 'api-key' }],
  examples: ['2'],
  needs: ['apiKeys'],
  execute: ({ caller, apiKeys }, { number }) => {
    const key = apiKeys.revoke(caller, number);
    if (key === undefined) {
      throw new AppError('not-found', 'there is no such key', { reason: 'no-such-api-key', facts: { number } });
    }
    return done(say(caller.language, 'apikey.revoked', { name: key.name, uses: key.uses }));
  },
});
