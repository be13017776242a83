import { join } from 'node:path';
import type { ReadFile } from '../../config/load.ts';
import type { Secret } from '../../config/secret.ts';
import { AppError } from '../../core/errors.ts';
import { unlockMasterKey } from '../../core/keys/master-key.ts';
import { wipe } from '../../core/keys/wipe.ts';
import { kinkeeper, word } from '../fixes/commands.ts';
import { pathOnHost } from '../fixes/host-path.ts';
import { type Finding, fail, ok } from './finding.ts';
import type { Telling } from './telling.ts';

const CHECK = 'passphrase';

interface PassphrasePlace {
  readonly stateDir: string;
  /** undefined: it is in no file, and people unlock by hand. */
  readonly passphrase: Secret | undefined;
  readonly files: readonly ReadFile[];
}

/**
 * Whether the passphrase in its file opens the keys. Who runs does not notice a wrong one before the next start, and a backup takes the same one
 * to be opened. Nothing where it is in no file, and where the keys are damaged or not there: that is told elsewhere.
 */
export async function checkPassphrase(
  { stateDir, passphrase, files }: PassphrasePlace,
  { say, host }: Telling,
): Promise<Finding[]> {
  if (passphrase === undefined) return [];
  try {
    wipe(await unlockMasterKey(join(stateDir, 'keys.json'), passphrase.reveal()));
    return [ok(CHECK, say('passphrase.opens'))];
  } catch (thrown) {
    if (!(thrown instanceof AppError)) throw thrown;
    if (thrown.reason !== 'wrong-passphrase') return [];
    const path = files.find(({ name }) => name === 'keys.passphraseFile')?.path ?? 'keys.passphraseFile';
    const file = word(pathOnHost(host, path));
    return [
      fail(CHECK, say('passphrase.wrong'), say('passphrase.fix', { file, command: kinkeeper(host, 'keys recover') })),
    ];
  }
}
