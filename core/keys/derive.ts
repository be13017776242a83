import { hkdfSync } from 'node:crypto';

/** Length of every key of the product in bytes. */
export const KEY_BYTES = 32;

/** What a key is for. A label is part of the derivation, so no key can ever serve two purposes. */
export type KeyPurpose =
  | 'control.db'
  | 'bot.db'
  | 'tenant-keys'
  | 'canary'
  | 'recovery-code'
  | 'export-password'
  | 'passage-index'
  | 'erasing'
  | `erasing/${'marks' | 'tombstone-lines' | 'receipts' | 'copies' | `copies/${string}`}`
  | `passage-index/${'collection' | 'points' | 'marks' | 'text' | 'words' | 'rotation'}`;

/**
 * Derives the key of one purpose from secret bytes of full entropy: HKDF-SHA256 (RFC 5869), info
 * `kinkeeper/v1/<purpose>`. Without a salt, because the inputs are random already.
 */
export function deriveKey(secret: Uint8Array, purpose: KeyPurpose): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, new Uint8Array(0), `kinkeeper/v1/${purpose}`, KEY_BYTES));
}
