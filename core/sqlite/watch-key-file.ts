import type { Control } from '../control.ts';
import type { KeyFile } from '../keys/key-file.ts';

/** The fact that holds when passphrase and recovery code of the newest keys.json that was seen here were made. */
const NEWEST = 'keys-newest';
const ALERT = 'keys-older';

type MadeAt = Pick<KeyFile['madeAt'], 'passphrase' | 'recovery'>;

/**
 * Compares keys.json with the newest one that this control.db has seen. One from before a change of passphrase or recovery
 * code opens with what was to open nothing any more: the admins hear of it until a newer one is there. A whole folder that
 * is restored brings its own control.db, and is no alert. Called at every opening.
 */
export function watchKeyFile({ madeAt }: KeyFile, { facts, alerts }: Pick<Control, 'facts' | 'alerts'>): void {
  const seen = facts.get(NEWEST);
  const newest: MadeAt = seen === undefined ? { passphrase: null, recovery: null } : (JSON.parse(seen) as MadeAt);
  const isOlder = (which: keyof MadeAt) => (madeAt[which] ?? 0) < (newest[which] ?? 0);
  if (isOlder('passphrase') || isOlder('recovery')) {
    alerts.raise({ code: ALERT, severity: 'critical', key: ALERT });
    return;
  }
  const text = JSON.stringify({ passphrase: madeAt.passphrase, recovery: madeAt.recovery });
  if (text === seen) return;
  facts.set(NEWEST, text);
  alerts.clear(ALERT);
}
