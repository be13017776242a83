import type { PersonId } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import { fullName, personId } from '../../core/person-id.ts';
import { dayNamed } from './day-named.ts';

/** Whom something is lent to, and the first moment at which it is not any more; null: until somebody ends it. */
export interface ShareTerms {
  readonly reader: PersonId;
  readonly until: number | null;
}

const TERMS = /^(?:(?:with|to|an|mit)\s+)?(@\S+)(?:\s+(until|till|bis(?:\s+zum)?)(?:\s+(.+))?)?$/iu;

/**
 * Reads "with @ben:home.test until 2026-12-31" (also "an @ben bis 31. Dezember 2026"): `@ben` alone is somebody of the
 * household's own server, and the day named (`dayNamed`) is the last one, in the machine's time zone. Throws AppError
 * `invalid` (reasons `share-terms`, `person-id`, `share-date`, `share-date-past`, `share-date-missing`).
 */
export function shareTerms(
  text: string,
  { server, now }: { readonly server: string; readonly now: number },
): ShareTerms {
  const [, typed, until, date] = TERMS.exec(text.trim()) ?? [];
  if (typed === undefined) throw new AppError('invalid', 'these are no terms of a share', { reason: 'share-terms' });
  const reader = personId(fullName(typed, server));
  if (until === undefined) return { reader, until: null };
  if (date === undefined) throw new AppError('invalid', 'the day is missing', { reason: 'share-date-missing' });
  return { reader, until: endOf(date, now) };
}

/** The midnight that ends the day. */
function endOf(given: string, now: number): number {
  const facts = { given };
  const begins = dayNamed(given, now);
  if (begins === undefined) throw new AppError('invalid', 'this names no day', { reason: 'share-date', facts });
  const day = new Date(begins);
  const ends = new Date(day.getFullYear(), day.getMonth(), day.getDate() + 1).getTime();
  if (ends <= now) throw new AppError('invalid', 'this day is over', { reason: 'share-date-past', facts });
  return ends;
}

/** Whom terms name, however the rest of them is; undefined when that is no name. For the audit row of a call that may fail. */
export function readerNamed(text: string, server: string): PersonId | undefined {
  const [typed] = /@\S+/.exec(text) ?? [];
  try {
    return typed === undefined ? undefined : personId(fullName(typed, server));
  } catch {
    return undefined;
  }
}
