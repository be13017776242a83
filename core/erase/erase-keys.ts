import { createHmac, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import { deriveKey } from '../keys/derive.ts';
import { wipe } from '../keys/wipe.ts';

/** RFC 8410: what stands before the 32 bytes of an Ed25519 private key in PKCS #8. */
const PKCS8_ED25519 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** What erasures sign and mark with. Everything comes from one secret in control.db, so that a new master key changes none of it. */
export class EraseKeys {
  readonly #marks: Uint8Array;
  readonly #lines: Uint8Array;
  readonly #copies: Uint8Array;
  /** Signs receipts. */
  readonly signing: KeyObject;
  /** Anybody may have it: it verifies receipts. */
  readonly verifying: KeyObject;

  constructor(secret: Uint8Array) {
    this.#marks = deriveKey(secret, 'erasing/marks');
    this.#lines = deriveKey(secret, 'erasing/tombstone-lines');
    this.#copies = deriveKey(secret, 'erasing/copies');
    const seed = deriveKey(secret, 'erasing/receipts');
    const key = Buffer.concat([PKCS8_ED25519, seed]);
    this.signing = createPrivateKey({ key, format: 'der', type: 'pkcs8' });
    this.verifying = createPublicKey(this.signing);
    wipe(seed, key);
  }

  /** The mark of a person or tenant that is gone, or of the message that brought a paper that is: 32 hex digits of a keyed hash, from which the id cannot be found again. */
  mark(what: 'person' | 'tenant' | 'source', id: string): string {
    return createHmac('sha256', this.#marks).update(`${what}\0${id}`).digest('hex').slice(0, 32);
  }

  /** Authenticates a line of the tombstone file together with the line before it: 32 hex digits. */
  seal(before: string, line: string): string {
    return createHmac('sha256', this.#lines).update(`${before}\0${line}`).digest('hex').slice(0, 32);
  }

  /**
   * The key (32 bytes) that a sealed copy of the tombstone file of this name has: whoever opens a backup of this household derives it
   * again, whatever keys backups were sealed to when the copy was made. To be wiped by who asked.
   */
  copyKey(name: string): Uint8Array {
    return deriveKey(this.#copies, `erasing/copies/${name}`);
  }

  /** Wipes what marks and seals (best effort). */
  wipe(): void {
    wipe(this.#marks, this.#lines, this.#copies);
  }
}
