import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { AppError } from '../core/errors.ts';
import { isLockedDown, liftLockdown } from '../core/keys/lockdown.ts';
import { UnlockRecord } from '../core/keys/unlock-record.ts';
import { waitForUnlock } from '../core/keys/unlock-socket.ts';
import type { Logger } from '../core/log.ts';
import { openState, peekState } from '../core/sqlite/open-state.ts';

/** How often the state folder is looked at while the bot has not made it yet. */
const LOOK_EVERY_MS = 500;

/** The longest distance between two looks for the state folder. */
const LONGEST_LOOK_MS = 5000;

/** Longest that an unlocking admin waits for the bot's first start. */
const FIRST_START_MS = 45_000;

export interface OpenWhenReadyOptions {
  readonly stateDir: string;
  /** undefined: start sealed and wait on `socketPath`, as in a lockdown. */
  readonly passphrase: string | undefined;
  readonly socketPath: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The unlocked state for ops, which never makes one: on a fresh installation it waits for the bot to make keys and
 * stores, without a passphrase and in a lockdown it waits for `kinkeeper unlock`. Throws what `openState` and `waitForUnlock` throw, and
 * the signal's reason when it aborts.
 */
export async function openWhenReady(options: OpenWhenReadyOptions): Promise<OpenState> {
  const { stateDir, passphrase, clock } = options;
  if (peekState(stateDir) === 'keys-missing')
    return openState({ stateDir, passphrase: passphrase ?? '', create: false, opensCopies: true, clock });
  const record = new UnlockRecord(join(stateDir, 'ops.tries'));
  const state =
    passphrase !== undefined && !isLockedDown(stateDir)
      ? await openOnceMade(options, passphrase)
      : await openOverSocket(options, record);
  record.writeTo(state.control.audit, 'ops', clock());
  return state;
}

async function openOnceMade(
  { stateDir, signal, clock, log }: OpenWhenReadyOptions,
  passphrase: string,
): Promise<OpenState> {
  if (peekState(stateDir) === 'empty') log.info('waiting for the first start of the bot, which makes keys and stores');
  await untilMade(stateDir, signal);
  return openState({ stateDir, passphrase, create: false, opensCopies: true, clock });
}

async function openOverSocket(
  { stateDir, socketPath, signal, clock, log }: OpenWhenReadyOptions,
  record: UnlockRecord,
): Promise<OpenState> {
  log.info({ lockdown: isLockedDown(stateDir) }, 'sealed: waiting for the passphrase (kinkeeper unlock)');
  const state = await waitForUnlock({
    ...{ socketPath, signal, clock, record },
    tryUnlock: async (passphrase) => {
      // On a fresh installation one `kinkeeper unlock` serves both: the bot makes the state, and this waits for it.
      await untilMade(stateDir, signal, AbortSignal.timeout(FIRST_START_MS));
      return openState({ stateDir, passphrase, create: false, opensCopies: true, clock });
    },
  });
  liftLockdown(stateDir);
  return state;
}

/**
 * Returns when the state folder is there. As a service ops may start before the bot has run for the first time: it says so
 * once and looks again, at growing distances. It makes no folder itself, which the bot might not look into. Throws
 * AppError `unavailable` (reason `state-dir`) when something else lies there, and the signal's reason when it aborts.
 */
export async function untilStateDir({
  stateDir,
  signal,
  log,
}: Pick<OpenWhenReadyOptions, 'stateDir' | 'signal' | 'log'>) {
  let wait = LOOK_EVERY_MS;
  for (;;) {
    const found = statSync(stateDir, { throwIfNoEntry: false });
    if (found?.isDirectory()) return;
    if (found) {
      throw new AppError('unavailable', `${stateDir} is no folder`, {
        reason: 'state-dir',
        hint: 'Correct the setting `stateDir` (KINKEEPER_STATE_DIR).',
        facts: { folder: stateDir, problem: 'ENOTDIR' },
      });
    }
    if (wait === LOOK_EVERY_MS) {
      const hint = 'if the bot has run already, correct the setting `stateDir` (KINKEEPER_STATE_DIR)';
      log.warn({ folder: stateDir, hint }, 'the state folder is not there yet: waiting for the first start of the bot');
    }
    await pause(wait, undefined, { signal });
    wait = Math.min(LONGEST_LOOK_MS, wait * 2);
  }
}

/** Returns when there is something to open; also at the deadline, because `openState` has the words for what is missing. */
async function untilMade(stateDir: string, signal: AbortSignal, deadline?: AbortSignal): Promise<void> {
  while (peekState(stateDir) === 'empty' && !deadline?.aborted) {
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
}
