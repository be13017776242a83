import type { Caller } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import { code, type Markdown } from '../../core/wording/markdown.ts';
import type { AccountDesk } from '../account-desk.ts';
import type { Departures } from '../erase/departures.ts';
import { say } from '../wording/say.ts';

/** The word that confirms, in each language; any of them counts. */
export const YES = { en: 'yes', de: 'ja' } as const;

/** The argument that confirms. */
export const CONFIRMED = {
  name: 'yes',
  type: 'word',
  label: 'yes',
  oneOf: [YES],
  optional: true,
} as const;

/** The two arguments of commands that cannot be undone: the word that says yes, and the code that was just shown. */
export const CONFIRMATION = [CONFIRMED, { name: 'code', type: 'word', label: 'code', optional: true }] as const;

/** A confirmation as typed. */
export interface Typed {
  readonly yes: string | undefined;
  readonly code: string | undefined;
}

/** The departures of an executor. Throws AppError `unavailable` (`erase-in-chat`) in the console, which has no chats to leave. */
export function departuresOf(departures: Departures | undefined): Departures {
  if (departures) return departures;
  throw new AppError('unavailable', 'this works in the chat only', { reason: 'erase-in-chat' });
}

/** The accounts of an executor. Throws as `departuresOf`: the console has no homeserver. */
export function accountsOf(accounts: AccountDesk | undefined): AccountDesk {
  if (accounts) return accounts;
  throw new AppError('unavailable', 'this works in the chat only', { reason: 'erase-in-chat' });
}

/** What to type to confirm: the command as the caller types it, with a new code. */
export function confirmLine(departures: Departures, caller: Caller, act: string, typed: string): Markdown {
  return code(`!${typed} ${YES[caller.language]} ${departures.codes.give(caller.person, act)}`);
}

/**
 * Whether a call confirms: undefined when it asks for the preview, true for the right code. Throws AppError `conflict`
 * (`erase-code`) for any other, which uses the code up.
 */
export function isConfirmed(departures: Departures, caller: Caller, act: string, typed: Typed): boolean {
  if (typed.yes === undefined || typed.code === undefined) return false;
  if (departures.codes.use(caller.person, act, typed.code)) return true;
  throw new AppError('conflict', 'this code is not the one that was given', { reason: 'erase-code' });
}

/** Said about an erasure that is under way already. */
export function sayOpen(caller: Caller, at: number, stop: Markdown): string {
  return say(caller.language, 'erase.open', { at, stop });
}
