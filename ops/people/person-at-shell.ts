import type { PersonId } from '../../core/caller.ts';
import type { People } from '../../core/people.ts';
import { personNamed, serverOf } from '../../core/person-id.ts';

/** How commands of the shell say what they take for a person. */
export const PERSON = 'a Matrix address, or the name alone where one person is called so';

/** Somebody who was named at the shell. `isMeant`: whether what was typed once more names them: their address, or the same as before. */
export interface PersonAtShell {
  readonly person: PersonId;
  readonly isMeant: (typed: string) => boolean;
}

/** Whom a name means, by the rule of the ops room; `botId` is of the family's own server (undefined: only who is known has a name alone). Throws as `personNamed` does. */
export function personAtShell(
  who: string,
  { people, botId }: { readonly people: Pick<People, 'list'>; readonly botId: string | undefined },
): PersonAtShell {
  const person = personNamed(who, {
    known: people.list().map(({ id }) => id),
    server: botId === undefined ? '' : serverOf(botId),
  });
  return { person, isMeant: (typed) => [person, who].includes(typed.trim()) };
}
