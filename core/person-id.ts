import { isIPv6 } from 'node:net';
import type { PersonId } from './caller.ts';
import { AppError } from './errors.ts';

// https://spec.matrix.org/v1.16/appendices/#user-identifiers, with the historical local parts that servers still have.
const USER_ID = /^@[!-9;-~]+:(?:\[([0-9A-Fa-f:.]{2,45})\]|[0-9A-Za-z.-]+)(?::(\d{1,5}))?$/;
const MOST_BYTES = 255;

/** Checks a Matrix user id (`@local:server`). Throws AppError `invalid` (reason `person-id`). */
export function personId(text: string): PersonId {
  const [, address, port = '0'] = USER_ID.exec(text) ?? [];
  const isServer = address === undefined || isIPv6(address);
  if (text.length <= MOST_BYTES && USER_ID.test(text) && isServer && Number(port) <= 65_535) return text as PersonId;
  throw new AppError('invalid', 'this is not a Matrix user id', {
    reason: 'person-id',
    hint: 'A user id looks like @ada:home.example.',
  });
}

/** A person's name as it is said to others of the household: "Ada" for `@ada:home.test`. */
export function personName(id: PersonId): string {
  const local = id.slice(1, id.indexOf(':'));
  return local.charAt(0).toUpperCase() + local.slice(1);
}

/** The server of a Matrix user id: `home.test` for `@ada:home.test`. */
export function serverOf(userId: string): string {
  return userId.slice(userId.indexOf(':') + 1);
}

/** Among whom a name is looked for: everybody of the household, and the family's own server. */
export interface Named {
  readonly known: readonly PersonId[];
  readonly server: string;
}

/**
 * Whom a name means that may be typed without its server ("ben", "@Ben"): the one person of the household who is called so, whatever
 * their server; where nobody is, somebody of the family's own server, as who was removed may still be named. A whole address is taken as it is.
 * The one rule for commands and the shell. Throws AppError `invalid` (reason `person-id`) for what is no name, and `conflict` (reason
 * `person-several`) where several are called so.
 */
export function personNamed(name: string, { known, server }: Named): PersonId {
  if (name.includes(':')) return personId(name);
  const local = name.replace(/^@/, '').toLowerCase();
  const meant = known.filter((id) => id.slice(1, id.indexOf(':')).toLowerCase() === local);
  if (meant.length < 2) return meant[0] ?? personId(fullName(`@${local}`, server));
  throw new AppError('conflict', `${meant.length} people are called ${local}`, {
    reason: 'person-several',
    hint: `Write the whole address: ${meant.join(' or ')}.`,
    facts: { given: local, people: meant.join(', ') },
  });
}

/** The address of somebody new who is named without their server, as one of this server ("@ben"); a whole address as it is. Unchecked. */
export function fullName(name: string, server: string): string {
  return name.includes(':') ? name : `${name}:${server}`;
}
