import type { ApiKey } from '../../core/api-key.ts';
import type { Language } from '../../core/caller.ts';
import { code } from '../../core/wording/markdown.ts';
import { say } from '../wording/say.ts';
import { apikeyNew } from './apikey-new.ts';
import { apikeyRevoke } from './apikey-revoke.ts';
import { defineCommand } from './command-spec.ts';

/** `!apikey`: the caller's keys of the HTTP API, with what each may do, its end and its last use. Never a key itself. */
export const apikey = defineCommand({
  name: 'apikey',
  typed: { en: 'apikey', de: 'apischlüssel' },
  aliases: ['apikeys', 'apikey list', 'apischlüssel liste', 'api-schlüssel', 'zugangsschlüssel'],
  where: 'direct',
  role: 'member',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['apiKeys'],
  execute: ({ caller, apiKeys }) => {
    const { language } = caller;
    const own = apiKeys.of(caller);
    const make = code(`!${apikeyNew.typed[language]} scanner`);
    if (own.length === 0) return say(language, 'apikey.none', { make });
    const revoke = code(`!${apikeyRevoke.typed[language]} ${own[0]!.number}`);
    return [
      say(language, 'apikey.head', { keys: own.length }),
      '',
      ...own.map((key) => line(language, key)),
      '',
      say(language, 'apikey.foot', { make, revoke }),
    ].join('\n');
  },
});

function line(language: Language, { number, name, scopes, madeAt, endsAt, usedAt, uses, isEnded }: ApiKey): string {
  return say(language, 'apikey.line', { number, name, scopes, madeAt, endsAt, usedAt: usedAt ?? 0, uses, isEnded });
}
