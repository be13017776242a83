import type { ApiKey, ApiKeys } from './api-key.ts';
import type { Caller } from './caller.ts';
import type { People } from './people.ts';

/** Somebody's keys that open something now. */
export interface LivingKeys {
  readonly caller: Caller;
  readonly keys: readonly ApiKey[];
}

/**
 * Whose keys of the HTTP API open something now; who has none is not there. Asked where all of them are looked at: at a
 * restore, by `!rotate`, and before they end.
 */
export function livingApiKeys({
  people,
  apiKeys,
}: {
  readonly people: Pick<People, 'list' | 'callerFor'>;
  readonly apiKeys: Pick<ApiKeys, 'of'>;
}): LivingKeys[] {
  return people.list().flatMap(({ id }) => {
    const caller = people.callerFor(id);
    const keys = caller ? apiKeys.of(caller).filter(({ isEnded }) => !isEnded) : [];
    return caller && keys.length > 0 ? [{ caller, keys }] : [];
  });
}

/** By what a key is known in records that name nobody: as the trail does. */
export function apiKeyMark({ tenant }: Pick<Caller, 'tenant'>, { number }: Pick<ApiKey, 'number'>): string {
  return `${tenant}/${number}`;
}
