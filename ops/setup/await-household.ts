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
  /** Where to look when nothing comes. */
  readonly logs: string;
}

/** The state folder, opened once bot and ops show signs of life. Throws AppError `unavailable` after two minutes. */
export async function awaitHousehold({ stateDir, account, since, logs, ...how }: Awaited): Promise<OpenState> {
  const end = Date.now() + PATIENCE_MS;
  while (peekState(stateDir) !== 'ready') await lookAgain(end, 'the bot did not make its keys', logs);
  const state = await asAccount(account, () => openState({ stateDir, create: false, ...how }));
  try {
    for (const program of ['bot', 'ops'] as const) {
      const lives = () => (state.control.heartbeats.of(program)?.at ?? 0) > since;
      while (!lives()) await lookAgain(end, `${program} shows no sign of life`, logs);
    }
    return state;
  } catch (thrown) {
    state[Symbol.dispose]();
    throw thrown;
  }
}

async function lookAgain(end: number, problem: string, logs: string): Promise<void> {
  if (Date.now() < end) return pause(LOOK_MS);
  throw new AppError('unavailable', `${problem} within two minutes`, {
    hint: `Its log says why: ${logs}. Mend that and run set-up again: it goes on where it stopped.`,
  });
}
