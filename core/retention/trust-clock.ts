import { z } from 'zod';
import type { Control } from '../control.ts';
import { DAY_MS } from './age.ts';

/** The fact that holds what was seen of the clock. */
const SEEN = 'retention-clock';
const ALERT = 'clock-jumped';

/** A machine that was off for longer is not told from one whose clock is wrong. */
const MOST_JUMP_MS = 2 * DAY_MS;
/** A new time counts after it went on for so long while somebody could have noticed. */
const PROBATION_MS = DAY_MS;
/** Looks are an hour apart; what lies between two that are further apart was not lived through. */
const MOST_LIVED_MS = 2 * 3_600_000;

const shape = z.object({
  trusted: z.number(),
  held: z.object({ seen: z.number(), lived: z.number() }).nullable(),
});

/**
 * Whether things may be removed by their age now. A clock that is far from the last time that was trusted, ahead or behind,
 * is not: the admins hear of it, nothing is removed, and the new time counts once it has gone on for a day of running, or
 * the clock is right again. Called by housekeeping before each sweep, and by the job that removes old backups.
 */
export function trustClock({ facts, alerts, jobs }: Pick<Control, 'facts' | 'alerts' | 'jobs'>, now: number): boolean {
  const stored = facts.get(SEEN);
  const before = stored === undefined ? undefined : shape.parse(JSON.parse(stored));
  // A household from before this was noted knows when it last looked.
  const trusted = before?.trusted ?? jobs.last('retention')?.startedAt ?? now;
  const held = before?.held ?? null;
  const trust = () => {
    facts.set(SEEN, JSON.stringify({ trusted: now, held: null }));
    if (held !== null) alerts.clear(ALERT);
    return true;
  };
  if (isNear(now, trusted)) return trust();
  const goesOn = held !== null && isNear(now, held.seen) && now >= held.seen;
  const lived = goesOn ? held.lived + Math.min(now - held.seen, MOST_LIVED_MS) : 0;
  if (lived >= PROBATION_MS) return trust();
  facts.set(SEEN, JSON.stringify({ trusted, held: { seen: now, lived } }));
  if (!goesOn) {
    const days = Math.round((now - trusted) / DAY_MS);
    alerts.raise({ code: 'clock-jumped', severity: 'warning', key: ALERT, facts: { days } });
  }
  return false;
}

function isNear(one: number, other: number): boolean {
  return Math.abs(one - other) <= MOST_JUMP_MS;
}
