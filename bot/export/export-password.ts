import { deriveKey } from '../../core/keys/derive.ts';
import { typablePassword } from '../typable-password.ts';

/**
 * The password of one export: 20 letters and digits (99 bits) in groups of five. Made of the export's random seed (16 bytes)
 * alone, so that it is the same for every part, whatever comes between two of them: a restart, a lockdown, a new master key.
 * It is gone for good with the seed, when the last part is sent.
 */
export function exportPassword(seed: Uint8Array): string {
  return typablePassword(deriveKey(seed, 'export-password'), { length: 20, group: 5 });
}
