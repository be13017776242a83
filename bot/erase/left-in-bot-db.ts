import type { Database } from 'better-sqlite3';
import { findLeftovers } from '../../core/sqlite/find-leftovers.ts';
import { crowdsOf, type RowsOf } from './person-rows.ts';

/** Where a person stands as long as they are in a room with others and the bot: the room's business, not theirs alone. */
const OF_CROWDS: ReadonlySet<string> = new Set(['members', 'crypto_records']);

/**
 * Reads every value of bot.db for a person: the name of a table that still holds something of theirs, undefined when none
 * does. `skip` names tables left out. What a room with others needs to know of its members does not count.
 */
export function leftInBotDb(db: Database, whose: RowsOf, skip: readonly string[] = []): string | undefined {
  const needles = { texts: [whose.person, ...whose.rooms], events: whose.events };
  const isInCrowd = crowdsOf(db, whose) > 0;
  return findLeftovers(db, needles, skip).find(({ table }) => !(isInCrowd && OF_CROWDS.has(table)))?.table;
}
