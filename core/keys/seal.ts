import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { AppError } from '../errors.ts';

// Layout: version (1 byte) | nonce (12) | ciphertext | tag (16). AES-256-GCM, NIST SP 800-38D.
const VERSION = 1;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const HEADER_BYTES = 1 + NONCE_BYTES;

/** Bytes that sealing adds to a secret. */
export const SEAL_OVERHEAD = HEADER_BYTES + TAG_BYTES;

/** What a sealed secret belongs to. It is authenticated, so that a sealed secret cannot be moved to another place. */
export interface SealContext {
  /** The kind of secret, such as `tenant-key`. */
  readonly label: string;
  /** Whose secret it is, such as the id of a tenant; empty where there is only one. */
  readonly id: string;
}

/**
 * Seals a small secret under a 32-byte key. The nonce is random and made here; under one key stay far below 2^32 seals
 * (NIST's bound for random nonces), which the wrapped keys of a household do.
 */
export function seal(key: Uint8Array, secret: Uint8Array, context: SealContext): Uint8Array {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG_BYTES });
  cipher.setAAD(authenticated(context));
  const body = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Uint8Array.from(Buffer.concat([Uint8Array.of(VERSION), nonce, body, cipher.getAuthTag()]));
}

/**
 * Opens what `seal` made. Throws AppError `internal` (reason `seal-broken`) for a wrong key, a wrong context, an unknown
 * version or any changed byte; which of them it was is not told apart.
 */
export function open(key: Uint8Array, sealed: Uint8Array, context: SealContext): Uint8Array {
  if (sealed.length < SEAL_OVERHEAD || sealed[0] !== VERSION) throw broken();
  const decipher = createDecipheriv('aes-256-gcm', key, sealed.subarray(1, HEADER_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAAD(authenticated(context));
  decipher.setAuthTag(sealed.subarray(sealed.length - TAG_BYTES));
  const body = decipher.update(sealed.subarray(HEADER_BYTES, sealed.length - TAG_BYTES));
  try {
    decipher.final();
  } catch (cause) {
    body.fill(0);
    throw broken(cause);
  }
  const secret = Uint8Array.from(body);
  body.fill(0);
  return secret;
}

// The label's length comes first, so that label and id cannot be shifted into each other.
function authenticated(context: SealContext): Uint8Array {
  const label = Buffer.from(context.label, 'utf8');
  return Buffer.concat([Uint8Array.of(VERSION, label.length), label, Buffer.from(context.id, 'utf8')]);
}

function broken(cause?: unknown): AppError {
  return new AppError('internal', 'a sealed secret could not be opened', { reason: 'seal-broken', cause });
}
