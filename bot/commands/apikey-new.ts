import { AppError } from '../../core/errors.ts';
import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { apiKeyTerms } from './api-key-terms.ts';
import { apikeyRevoke } from './apikey-revoke.ts';
import { defineCommand, done } from './command-spec.ts';

const NAME = /^[\p{L}\p{N}][\p{L}\p{N}._-]{0,31}$/u;

/** `!apikey new <name> [what it may] [for how long]`: makes a key of the HTTP API, and shows it for the only time. */
export const apikeyNew = defineCommand({
  name: 'apikey new',
  typed: { en: 'apikey new', de: 'apischlüssel neu' },
  aliases: ['apikey make', 'apikey add', 'zugangsschlüssel neu', 'api-schlüssel neu'],
  where: 'direct',
  role: 'member',
  destructive: false,
  // Names are words of their person, and the number is not known before.
  audit: (_values, { caller }) => caller.tenant,
  arguments: [
    { name: 'name', type: 'word', label: 'api-key-name' },
    { name: 'terms', type: 'text', label: 'api-key-terms', optional: true },
  ],
  examples: [
    { en: 'scanner --upload-only', de: 'scanner nur hochladen' },
    { en: 'phone upload ask for 90 days', de: 'handy hochladen fragen für 90 Tage' },
  ],
  needs: ['apiKeys', 'clock'],
  execute: ({ caller, source, apiKeys, clock }, { name, terms }) => {
    if (!NAME.test(name)) throw new AppError('invalid', 'this is no name of a key', { reason: 'api-key-bad-name' });
    const { scopes, lastsMs } = apiKeyTerms(terms);
    const { key, text } = apiKeys.make(caller, { name, scopes, endsAt: clock() + lastsMs, source });
    const revoke = code(`!${apikeyRevoke.typed[caller.language]} ${key.number}`);
    return done(say(caller.language, 'apikey.made', { ...key, key: code(text), revoke }));
  },
});
