import type { AlertLog } from './alert.ts';

/**
 * By which cross-signing identity each person is known: the first one that was seen, until an admin confirms another. It
 * is named by its public master key (ed25519, unpadded base64). Implemented by core/sqlite, in control.db, so that it
 * outlives the crypto store and a restore.
 */
export interface Identities {
  /** What the key that the homeserver shows for somebody would be: `first`, the `known` one, or another. Changes nothing. `known` for who is no person of the household. */
  compare(person: string, key: string): 'first' | 'known' | 'changed';
  /** Notes the key that the homeserver shows: the first one becomes the known one, another one waits to be confirmed. */
  note(person: string, key: string): void;
  /** The key that waits to be confirmed; undefined when the person is who they were. */
  waiting(person: string): string | undefined;
  /** Makes the key that waits the known one. False when it is not this one that waits. */
  confirm(person: string, key: string): boolean;
}

/** What an identity is kept in. */
export interface IdentityParts {
  readonly identities: Identities;
  readonly alerts: Pick<AlertLog, 'raise' | 'clear'>;
}

/** For the crypto machine: takes the key that the homeserver shows for somebody. True when it is not theirs as far as is known; the admins are told of that once. */
export function seeIdentity({ identities, alerts }: IdentityParts, person: string, key: string): boolean {
  const found = identities.compare(person, key);
  const wasWaiting = identities.waiting(person);
  // Before it is noted: a process that ends in between raises it again, which changes nothing.
  if (found === 'changed' && wasWaiting === undefined) {
    alerts.raise({ code: 'identity-changed', severity: 'critical', key: alertKey(person), facts: { person } });
  }
  const isNews = found === 'first' || (found === 'changed' ? wasWaiting !== key : wasWaiting !== undefined);
  if (isNews) identities.note(person, key);
  if (found === 'known' && wasWaiting !== undefined) alerts.clear(alertKey(person));
  return found === 'changed';
}

/** Confirms the identity that an admin compared. False when another one is shown meanwhile, or none waits. */
export function confirmIdentity({ identities, alerts }: IdentityParts, person: string, key: string): boolean {
  if (!identities.confirm(person, key)) return false;
  alerts.clear(alertKey(person));
  return true;
}

/** The beginning of a key in groups of four, as apps show fingerprints: 144 bits, too many to be met by trying. */
export function fingerprintOf(key: string): string {
  return (key.match(/.{1,4}/g) ?? []).slice(0, 6).join(' ');
}

function alertKey(person: string): string {
  return `identity-changed ${person}`;
}
