import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { writeDurably } from '../../core/keys/durable-write.ts';
import { parseKeyFile } from '../../core/keys/key-file.ts';
import { resetPassphrase } from '../../core/keys/master-key.ts';
import { wipe } from '../../core/keys/wipe.ts';
import { openByCode, openByPassphrase } from '../../core/keys/wrap-master-key.ts';
import { askNewPassphrase } from '../keys/ask-new-passphrase.ts';
import type { Prompt } from '../keys/prompt.ts';

const TRIES = 3;
/** A recovery code as it is written down: eight groups of five. */
const CODE = /^[0-9A-Z]{5}(-?[0-9A-Z]{5}){7}$/i;

/** A household whose passphrase or recovery code has opened the keys.json of a backup. */
export interface ProvenHousehold {
  /** Opens what `settle` wrote. */
  readonly passphrase: string;
  /** Writes that keys.json to this path, with the new passphrase where the recovery code opened it. Safe to repeat. */
  settle(path: string): Promise<void>;
}

interface Asking {
  /** The text of keys.json in the backup. */
  readonly keyFile: string;
  readonly prompt: Prompt;
  readonly say: (line: string) => void;
  readonly clock: Clock;
}

/**
 * Gives a function that asks for what opens the household of a backup, once however often it is called: whoever has the public half of a backup
 * key can make an archive, and only this shows that it is ours, before anything of it is believed. A recovery code sets a new passphrase,
 * which is asked for as well. It throws AppError as unlocking does, after three tries or at once for a keys.json that is not whole.
 */
export function householdProof(asking: Asking): () => Promise<ProvenHousehold> {
  let proven: Promise<ProvenHousehold> | undefined;
  return () => {
    proven ??= ask(asking);
    return proven;
  };
}

async function ask({ keyFile, prompt, say, clock }: Asking): Promise<ProvenHousehold> {
  const file = parseKeyFile(keyFile);
  const write = (path: string) => void writeDurably(path, keyFile, { exclusive: false });
  for (let tries = 1; ; tries++) {
    const given = await prompt.secret('Passphrase of the household (of the time of the backup), or its recovery code');
    const code = CODE.test(given.trim()) ? given.trim() : undefined;
    try {
      wipe(code === undefined ? await openByPassphrase(file, given) : openByCode(file, code));
    } catch (thrown) {
      if (!(thrown instanceof AppError) || tries >= TRIES || !/forbidden|invalid/.test(thrown.code)) throw thrown;
      say(`${thrown.message}. ${thrown.hint ?? ''}`);
      continue;
    }
    if (code === undefined) return { passphrase: given, settle: async (path) => write(path) };
    const passphrase = await askNewPassphrase(prompt);
    const settle = async (path: string) => {
      write(path);
      await resetPassphrase(path, code, { passphrase, at: clock() });
    };
    return { passphrase, settle };
  }
}
