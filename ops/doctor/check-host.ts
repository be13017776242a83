import type { AnsweringSettings, EmbeddingSettings } from '../../config/config.ts';
import type { MachineFacts } from '../setup/machine-facts.ts';
import { type Finding, ok, warn } from './finding.ts';

/** What the machine around bot and ops is like, as far as it can be told from inside (in a container that is less); what is not known is not called well. */
export function checkHost(
  facts: Pick<MachineFacts, 'clockSynchronised' | 'hasPlainSwap' | 'isEncrypted' | 'hasAvx2'>,
  { embedding, answering }: { readonly embedding: EmbeddingSettings; readonly answering: AnsweringSettings },
): Finding[] {
  const isModelHere = embedding.kind !== 'none' || answering.kind === 'auto' || answering.kind === 'ollama';
  return [
    clock(facts.clockSynchronised),
    swap(facts.hasPlainSwap),
    volume(facts.isEncrypted),
    ...processor(facts.hasAvx2, isModelHere),
  ];
}

function clock(isKept: boolean | null): Finding {
  if (isKept) return ok('clock', 'a time server keeps the clock');
  return isKept === null
    ? warn('clock', 'it cannot be told here whether a time server keeps the clock', 'Look on the host: timedatectl')
    : warn('clock', 'no time server keeps the clock: schedules and certificates go by it', 'timedatectl set-ntp true');
}

function swap(isPlain: boolean | null): Finding {
  if (isPlain === false) return ok('swap', 'there is no swap, or it is encrypted');
  return isPlain === null
    ? warn('swap', 'it cannot be told here whether there is swap in the clear', 'Look on the host: swapon --show')
    : warn(
        'swap',
        'the swap is in the clear: keys that were in memory may lie on the disk',
        'swapoff -a and take it out of /etc/fstab, or encrypt it.',
      );
}

function volume(isEncrypted: boolean | null): Finding {
  if (isEncrypted) return ok('volume', 'the state folder lies on an encrypted volume');
  const says =
    isEncrypted === null
      ? 'it cannot be told here whether the state folder lies on an encrypted volume'
      : 'the state folder lies on no encrypted volume: the passphrase beside it is as safe as the disk';
  return warn('volume', says, 'Move the data to a LUKS volume, or leave keys.passphraseFile out and unlock by hand.');
}

function processor(hasAvx2: boolean | null, isModelHere: boolean): Finding[] {
  if (!isModelHere) return [];
  if (hasAvx2) return [ok('processor', 'it has what models need (AVX2, or ARM)')];
  const says =
    hasAvx2 === null ? 'it does not say whether it has AVX2' : 'it has no AVX2: models are many times slower';
  return [warn('processor', says, 'Ask the host for another processor type, or set answering.kind to extractive.')];
}
