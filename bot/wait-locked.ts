import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { readLockedWork } from '../core/incident/locked-work.ts';
import { lockdownAt } from '../core/keys/lockdown.ts';
import { LockedBot } from './locked-bot.ts';
import { Homeserver } from './matrix/homeserver.ts';
import { phaseOf } from './phase.ts';
import { unlockHousehold } from './unlock-household.ts';
import type { Known } from './work-unlocked.ts';
import type { RunningParts } from './working-parts.ts';

/**
 * The inbox goes on filling while the process waits for its passphrase. Returns the state that it opened; throws when `stop` aborts, and
 * what ended the locked bot. Called by the entry file.
 */
export async function waitLocked(parts: RunningParts & Known, stop: AbortController): Promise<OpenState> {
  const { config, session } = parts;
  await using cleanup = new AsyncDisposableStack();
  const phase = phaseOf(stop, cleanup);
  const homeserver = new Homeserver(config.matrix.homeserver, phase.signal).withSession(session);
  const since = systemClock();
  const work = () => {
    const read = readLockedWork(config.stateDir);
    return read?.at === lockdownAt(config.stateDir) ? read : undefined;
  };
  const { db, people, opsRoom, language, onStoreFailure, log } = parts;
  const known = { people, opsRoom, language };
  const locked = new LockedBot(
    { ...{ db, session, homeserver, since, work, onStoreFailure, clock: systemClock, log }, ...known },
    phase,
  );
  const running = locked.run().finally(() => phase.abort());
  running.catch(() => {});
  try {
    return await unlockHousehold(parts, phase.signal);
  } catch (thrown) {
    // What ended the locked bot is the cause, where it was not a signal.
    if (!stop.signal.aborted) await running;
    throw thrown;
  } finally {
    phase.abort();
    await running.catch(() => {});
  }
}
