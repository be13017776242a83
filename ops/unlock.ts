import { join } from 'node:path';
import { type UnlockAnswer, unlockOver } from '../core/keys/unlock-over.ts';
import type { AtShell } from '../core/keys/unlock-record.ts';

/** The processes that may wait for a passphrase, in the order in which they are asked: the bot makes what ops waits for. */
const PROCESSES = ['bot', 'ops'] as const;

/**
 * Hands the passphrase to every sealed process of a state folder and says on stdout what each answered. True when at
 * least one was unlocked and none refused.
 */
export async function unlockAll(
  stateDir: string,
  { passphrase, who, say }: { passphrase: string; who: AtShell; say: (line: string) => void },
): Promise<boolean> {
  let unlocked = 0;
  for (const name of PROCESSES) {
    const answer = await unlockOver(join(stateDir, `${name}.sock`), passphrase, who);
    say(`${name}: ${inWords(answer)}`);
    if (answer.status === 'unlocked') unlocked += 1;
    // The same wrong passphrase would only cost the next process a waiting time as well.
    else if (answer.status !== 'not-sealed') return false;
  }
  return unlocked > 0;
}

/** Who runs this process; with sudo also who ran that. `env`: of the process. */
export function atShell(env: Readonly<Record<string, string | undefined>>): AtShell {
  const sudoUid = /^\d{1,10}$/.test(env.SUDO_UID ?? '') ? Number(env.SUDO_UID) : undefined;
  return { uid: process.getuid!(), sudoUid };
}

function inWords(answer: UnlockAnswer): string {
  switch (answer.status) {
    case 'unlocked':
      return 'unlocked';
    case 'not-sealed':
      return 'does not wait for a passphrase (not running, or unlocked already)';
    case 'wrong':
      return `this passphrase is wrong; the next try is heard in ${answer.retryAfterSeconds} s`;
    case 'early':
      return `too early after a wrong passphrase; try again in ${answer.retryAfterSeconds} s`;
    case 'bad-request':
      return 'did not understand; is it of the same version?';
    case 'failed':
      return answer.message;
  }
}
