import type { Database } from 'better-sqlite3';
import type { OpenState } from '../core/control.ts';
import type { Door } from './api/start-api.ts';
import type { LoadedSettings } from './loaded-settings.ts';
import type { Session } from './matrix/homeserver.ts';
import type { Locking } from './unlock-household.ts';

/** What outlasts a lockdown: settings, the open bot.db, and who the bot is at the homeserver. */
export interface RunningParts extends LoadedSettings, Locking {
  readonly db: Database;
  readonly session: Session;
  /** A store that can't be written to ends the process. */
  readonly onStoreFailure: (error: unknown) => never;
}

/** What the bot works with between two locks. */
export interface WorkingParts extends RunningParts {
  readonly opened: OpenState;
  readonly door: Door;
}
