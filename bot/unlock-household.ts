import { join } from 'node:path';
import { systemClock } from '../core/clock.ts';
import type { OpenState } from '../core/control.ts';
import type { LockdownLatch } from '../core/keys/lockdown-latch.ts';
import { UnlockRecord } from '../core/keys/unlock-record.ts';
import { waitForUnlock } from '../core/keys/unlock-socket.ts';
import type { Logger } from '../core/log.ts';
import { openState } from '../core/sqlite/open-state.ts';
import { readUpdateTrial } from '../core/update-trial.ts';
import type { LoadedSettings } from './loaded-settings.ts';
import { UNLOCKED } from './ops-desk.ts';

/** What opening the household takes. */
export interface Locking extends Pick<LoadedSettings, 'config' | 'secrets'> {
  readonly lockdown: LockdownLatch;
  readonly log: Logger;
}

/**
 * Opens the state with the passphrase file, or waits for `kinkeeper unlock` at the socket: without a file, and whenever an admin has locked
 * the household down. Throws when `signal` aborts, and AppError for a wrong passphrase in the file.
 */
export async function unlockHousehold(
  { config, secrets, lockdown, log }: Locking,
  signal: AbortSignal,
): Promise<OpenState> {
  const { stateDir } = config;
  // A new version on trial makes nothing anew: what it finds is what it has to work with.
  const create = readUpdateTrial(stateDir) === undefined;
  const open = (passphrase: string) => openState({ stateDir, passphrase, create, clock: systemClock });
  const { isLocked } = lockdown;
  const record = new UnlockRecord(join(stateDir, 'bot.tries'));
  const wait = async () => {
    log.info({ lockdown: isLocked }, 'sealed: waiting for `kinkeeper unlock`');
    const state = await waitForUnlock({ socketPath: join(stateDir, 'bot.sock'), tryUnlock: open, signal, record });
    if (isLocked) state.control.facts.set(UNLOCKED, String(systemClock()));
    lockdown.lift();
    return state;
  };
  const state = secrets.passphrase && !isLocked ? await open(secrets.passphrase.reveal()) : await wait();
  record.writeTo(state.control.audit, 'bot', systemClock());
  return state;
}
