import { createHash } from 'node:crypto';

/** SHA-256 of a file in hex, by which the same file is recognised. Stays inside the tenant's encrypted file. */
export function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}
