import type { PersonId } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import { personId } from '../../core/person-id.ts';

/** Whom something is lent to, and the first moment at which it is not any more; null: until somebody ends it. */
export interface ShareTerms {
  readonly reader: PersonId;
  readonly until: number | null;
}

const TERMS = /^(?:(?:with|to|an|mit)\s+)?(@\S+)(?:\s+(?:until|till|bis(?:\s+zum)?)\s+(.+))?$/iu;

/**
 * Reads "with @ben:home.test until 2026-12-31" (also "an @ben bis 31.12.2026"): `@ben` alone is somebody of the
 * household's own server, and the day named is the last one, in the machine's time zone. Throws AppError `invalid` (reasons
 * `share-terms`, `person-id`, `share-date`).
 */
export function shareTerms(
  text: string,
  { server, now }: { readonly server: string; readonly now: number },
): ShareTerms {
  const [, typed, date] = TERMS.exec(text.trim()) ?? [];
  if (typed === undefined) throw new AppError('invalid', 'these are no terms of a share', { reason: 'share-terms' });
  const reader = fullName(typed, server);
  if (date === undefined) return { reader, until: null };
  const until = dayAfter(date.trim().replace(/\.$/, (dot) => (/\d{4}\.$/.test(date) ? '' : dot)));
  if (until === undefined || until <= now) {
    throw new AppError('invalid', 'this is no day to come', { reason: 'share-date', facts: { given: date } });
  }
  return { reader, until };
}

/** Whom terms name, however the rest of them is; undefined when that is no name. For the audit row of a call that may fail. */
export function readerNamed(text: string, server: string): PersonId | undefined {
  const [typed] = /@\S+/.exec(text) ?? [];
  try {
    return typed === undefined ? undefined : fullName(typed, server);
  } catch {
    return undefined;
  }
}

function fullName(typed: string, server: string): PersonId {
  return personId(typed.includes(':') ? typed : `${typed}:${server}`);
}

/** The midnight that ends a day; undefined when there is no such day. */
function dayAfter(text: string): number | undefined {
  const [, y1, m1, d1] = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(text) ?? [];
  const [, d2, m2, y2] = /^(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})$/.exec(text) ?? [];
  const [year, month, date] = [y1 ?? y2, m1 ?? m2, d1 ?? d2].map(Number);
  const day = new Date(year!, month! - 1, date!);
  const isReal = day.getFullYear() === year && day.getMonth() === month! - 1 && day.getDate() === date;
  return isReal ? new Date(year!, month! - 1, date! + 1).getTime() : undefined;
}
