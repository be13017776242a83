import { statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import { AppError } from '../core/errors.ts';
import { waitForUnlock } from '../core/keys/unlock-socket.ts';
import type { Logger } from '../core/log.ts';
import { openState, peekState } from '../core/sqlite/open-state.ts';

/** How often the state folder is looked at while the bot has not made it yet. */
const LOOK_EVERY_MS = 500;

/** Longest that an unlocking admin waits for the bot's first start. */
const FIRST_START_MS = 45_000;

export interface OpenWhenReadyOptions {
  readonly stateDir: string;
  /** undefined: start sealed and wait on `socketPath`. */
  readonly passphrase: string | undefined;
  readonly socketPath: string;
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The unlocked state for ops, which never makes one: on a fresh installation it waits for the bot to make keys and
 * stores, without a passphrase it waits for `kinkeeper unlock`. Throws what `openState` and `waitForUnlock` throw, and
 * the signal's reason when it aborts.
 */
export async function openWhenReady(options: OpenWhenReadyOptions): Promise<OpenState> {
  const { stateDir, passphrase, socketPath, signal, clock, log } = options;
  const open = (given: string) => openState({ stateDir, passphrase: given, create: false, clock });
  if (peekState(stateDir) === 'keys-missing') return open(passphrase ?? '');
  if (passphrase !== undefined) {
    if (peekState(stateDir) === 'empty')
      log.info('waiting for the first start of the bot, which makes keys and stores');
    await untilMade(stateDir, signal);
    return open(passphrase);
  }
  log.info('sealed: waiting for the passphrase (kinkeeper unlock)');
  return waitForUnlock({
    socketPath,
    signal,
    clock,
    tryUnlock: async (given) => {
      // On a fresh installation one `kinkeeper unlock` serves both: the bot makes the state, and this waits for it.
      await untilMade(stateDir, signal, AbortSignal.timeout(FIRST_START_MS));
      return open(given);
    },
  });
}

/** Throws AppError `unavailable` (reason `state-dir`) when the folder is not there: ops makes no folder that the bot does not look into. */
export function requireStateDir(stateDir: string): void {
  if (statSync(stateDir, { throwIfNoEntry: false })?.isDirectory()) return;
  throw new AppError('unavailable', `the state folder ${stateDir} is not there`, {
    reason: 'state-dir',
    hint: 'Start the bot first: its first start makes the folder. Or correct the setting `stateDir` (KINKEEPER_STATE_DIR).',
    facts: { folder: stateDir, problem: 'ENOENT' },
  });
}

/** Returns when there is something to open; also at the deadline, because `openState` has the words for what is missing. */
async function untilMade(stateDir: string, signal: AbortSignal, deadline?: AbortSignal): Promise<void> {
  while (peekState(stateDir) === 'empty' && !deadline?.aborted) {
    await pause(LOOK_EVERY_MS, undefined, { signal });
  }
}
