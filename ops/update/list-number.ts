import type { Facts } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';

/** The fact that holds the highest number of a list of releases that was seen here. */
const NEWEST = 'release-list-number';

/**
 * Compares a signed list of releases with the newest that was seen: the line `# number N` grows with each list, and one without it is older
 * than all that have one. For ReleaseFeed; the host helper does the same by itself. Throws AppError `forbidden` (reason `feed-older`) for a list of before: whoever
 * hands it out could hide a newer version, or offer one that was withdrawn.
 */
export function heedListNumber(facts: Pick<Facts, 'get' | 'set'>, list: string): void {
  const number = Number(/^# number (\d{1,15})$/m.exec(list)?.[1] ?? 0);
  const newest = Number(facts.get(NEWEST) ?? 0);
  if (number < newest)
    throw new AppError(
      'forbidden',
      `the list of releases is older than one that was seen here (${number}, not ${newest})`,
      {
        reason: 'feed-older',
        hint: 'Nothing was changed. If it stays so, ask the publisher whether update.feed is still the right address.',
        facts: { number, newest },
      },
    );
  if (number > newest) facts.set(NEWEST, String(number));
}
