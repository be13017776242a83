import type { ApiScope } from '../../../core/api-key.ts';
import { FORMATS } from '../../../core/wording/format.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import type { ApiFacts } from '../facts/api.ts';

const { count, day, list, moment } = FORMATS.en;

/** What keys may do, behind "may". */
export const MAY: Readonly<Record<ApiScope, string>> = {
  upload: 'send papers',
  read: 'list papers',
  ask: 'ask questions',
  export: 'export everything',
  delete: 'make me forget papers',
};

/** English: keys of the HTTP API. */
export const api: Entries<ApiFacts> = {
  'apikey.none': ({ make }) =>
    `You have no API keys. With one, a scanner, a script or your phone can send me papers or ask me about yours: ${make} makes one.`,
  'apikey.head': ({ keys }) => `**You have ${count(keys, 'API key', 'API keys')}:**`,
  'apikey.line': ({ number, name, scopes, madeAt, endsAt, usedAt, uses, isEnded }) =>
    [
      `- **${number}** ${name}: may ${list(scopes.map((scope) => MAY[scope]))}; made ${day(madeAt)}`,
      usedAt === 0 ? 'never used' : `last used ${moment(usedAt)} (${count(uses, 'time', 'times')} in all)`,
      isEnded ? '**ended**, it opens nothing any more' : `ends ${day(endsAt)}`,
    ].join('; '),
  'apikey.foot': ({ make, revoke }) =>
    `${revoke} ends one at once, ${make} makes another. The keys themselves I cannot show again.`,
  'apikey.made': ({ name, key, scopes, endsAt, revoke }) =>
    [
      `**This is the key “${name}”.** I show it this once and keep only its fingerprint:`,
      '',
      key,
      '',
      `It may ${list(scopes.map((scope) => MAY[scope]))}, in your name and with your papers alone, until ${day(endsAt)}. A program sends it with each request as \`Authorization: Bearer …\`; the page \`/v1/docs\` of the family server says what it can ask for.`,
      `Whoever has it can do that, too: copy it to where it is needed, then delete this message. If it gets into the wrong hands: ${revoke}.`,
    ].join('\n'),
  'apikey.kept': ({ key, text }) => `A paper came in by your API key “${key}”. ${text}`,
  'apikey.known': () => 'I have this very file already, so nothing was added.',
  'apikey.not-kept': ({ key, name, why }) =>
    `**${name}** came in by your API key “${key}”, but I could not keep it. ${why}`,
  'apikey.ends': ({ name, endsAt, usedAt, make }) =>
    `**Your API key “${name}” ends on ${day(endsAt)}**, and what uses it is refused from then on${usedAt === 0 ? ' (nothing has used it so far)' : ` (last used ${moment(usedAt)})`}. ${make} makes another, to be put in its place; if you need none, there is nothing to do.`,
  'apikey.rotated': ({ names, make }) =>
    `An admin has **ended all API keys** of the household, as is done after somebody may have been in. Of yours: ${list(names.map((name) => `“${name}”`))}. ${make} makes a new one; your papers are as they were.`,
  'apikey.revoked': ({ name, uses }) =>
    `The key “${name}” is ended and opens nothing any more. It was used ${count(uses, 'time', 'times')}; \`!audit\` tells for what.`,
};
