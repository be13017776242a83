import { statSync } from 'node:fs';
import { AppError } from '../errors.ts';

/**
 * Refuses to start as root on a state folder of another account: what root makes there, that account cannot open any more. Called by the
 * entry files of bot and ops before they write anything; a folder that is not there yet is nobody's. Throws AppError `conflict`.
 */
export function refuseForeignState(stateDir: string, uid = process.geteuid?.()): void {
  const found = statSync(stateDir, { throwIfNoEntry: false });
  if (uid !== 0 || found === undefined || found.uid === 0) return;
  const { uid: owner, gid } = found;
  throw new AppError('conflict', `${stateDir} belongs to account ${owner}, and this runs as root`, {
    hint: `Start it as that account: by set-up's services (systemctl restart kinkeeper-bot kinkeeper-ops), or setpriv --reuid=${owner} --regid=${gid} --clear-groups with the same command behind it. Nothing was changed.`,
  });
}
