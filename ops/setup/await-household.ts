import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { openState, peekState } from '../../core/sqlite/open-state.ts';
import { asAccount } from './as-account.ts';
import type { Owner } from './plan/plan.ts';

const LOOK_MS = 250;
/** The first start makes keys, which takes seconds on a small machine. */
const PATIENCE_MS = 120_000;

interface Awaited {
  readonly stateDir: string;
  readonly passphrase: string;
  /** Whose the state folder is. */
  readonly account: Owner;
  readonly clock: Clock;
  /** Signs of life from before do not count, in milliseconds since 1970. */
  readonly since: number;
  /** What became of a process that ended instead; undefined while both run, or nobody can tell. */
  readonly ended: () => string | undefined;
  /** Where to look when nothing comes. */
  readonly logs: string;
}

/** The state folder, opened once bot and ops show signs of life. Throws AppError `unavailable` after two minutes. */
export async function awaitHousehold({ stateDir, account, since, logs, ended, ...how }: Awaited): Promise<OpenState> {
  const watch = { end: Date.now() + PATIENCE_MS, logs, ended };
  while (peekState(stateDir) !== 'ready') await lookAgain(watch, 'the bot did not make its keys');
  const state = await asAccount(account, () => openState({ stateDir, create: false, ...how }));
  try {
    for (const program of ['bot', 'ops'] as const) {
      const lives = () => (state.control.heartbeats.of(program)?.at ?? 0) > since;
      while (!lives()) await lookAgain(watch, `${program} shows no sign of life`);
    }
    return state;
  } catch (thrown) {
    state[Symbol.dispose]();
    throw thrown;
  }
}

async function lookAgain(
  { end, logs, ended }: Pick<Awaited, 'logs' | 'ended'> & { readonly end: number },
  problem: string,
): Promise<void> {
  const why = ended();
  if (why !== undefined)
    throw new AppError('unavailable', why, { hint: 'Mend that and run set-up again: it goes on where it stopped.' });
  if (Date.now() < end) return pause(LOOK_MS);
  throw new AppError('unavailable', `${problem} within two minutes`, {
    hint: `Its log says why: ${logs}. Mend that and run set-up again: it goes on where it stopped.`,
  });
}
