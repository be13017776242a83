import type { ApiKey, ApiKeys } from '../../core/api-key.ts';
import type { PersonId } from '../../core/caller.ts';
import { livingApiKeys } from '../../core/living-api-keys.ts';
import type { People } from '../../core/people.ts';
import { DAY_MS } from '../../core/retention/age.ts';
import { code } from '../../core/wording/markdown.ts';
import { apikeyNew } from '../commands/apikey-new.ts';
import type { Telling } from '../tell-person.ts';
import { say } from '../wording/say.ts';

/** Not longer than messages are known to have been sent (`retention.ids`, a week at least): the warning comes once. */
const AHEAD_MS = 7 * DAY_MS;
/** Of the time that a key lasts: who made one for a month wants no warning for half of it. */
const SHARE_AHEAD = 0.25;
/** Who made one for some days knows. */
const SHORT_MS = 7 * DAY_MS;

/**
 * Tells everybody in their own chat which of their keys will end soon, once for each key, so that no scanner falls silent
 * unnoticed. Called now and then; who has no chat yet hears of it at a later call.
 */
export function warnOfEnd(
  parts: {
    readonly people: Pick<People, 'list' | 'callerFor'>;
    readonly apiKeys: Pick<ApiKeys, 'of'>;
    readonly tell: (person: PersonId, telling: Telling) => unknown;
  },
  now: number,
): void {
  for (const { caller, keys } of livingApiKeys(parts)) {
    for (const key of keys.filter((one) => endsSoon(one, now))) {
      const { name, number, endsAt } = key;
      parts.tell(caller.person, {
        key: `api key ${number} ends ${endsAt}`,
        text: (language) =>
          say(language, 'apikey.ends', {
            ...{ name, endsAt, usedAt: key.usedAt ?? 0 },
            make: code(`!${apikeyNew.typed[language]} ${name}2`),
          }),
      });
    }
  }
}

function endsSoon({ madeAt, endsAt }: ApiKey, now: number): boolean {
  const lasts = endsAt - madeAt;
  return lasts > SHORT_MS && endsAt - now <= Math.min(AHEAD_MS, lasts * SHARE_AHEAD);
}
