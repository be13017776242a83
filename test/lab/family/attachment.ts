import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

/** `content.file` of an encrypted attachment: https://spec.matrix.org/v1.16/client-server-api/#sending-encrypted-attachments */
export interface EncryptedFile {
  readonly url: string;
  readonly v: 'v2';
  /** JWK; `k` is unpadded base64url. */
  readonly key: { alg: 'A256CTR'; ext: true; k: string; key_ops: string[]; kty: 'oct' };
  /** 16 bytes as unpadded base64. */
  readonly iv: string;
  /** SHA-256 of the ciphertext as unpadded base64. */
  readonly hashes: { sha256: string };
}

/** Encrypts a file as a Matrix client does, with Node's own crypto. `url` is filled in after the upload. */
export function encryptAttachment(bytes: Uint8Array): { ciphertext: Buffer; file: Omit<EncryptedFile, 'url'> } {
  const key = randomBytes(32);
  // The counter half starts at zero so that it cannot run over.
  const iv = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
  const cipher = createCipheriv('aes-256-ctr', key, iv);
  const ciphertext = Buffer.concat([cipher.update(bytes), cipher.final()]);
  return {
    ciphertext,
    file: {
      v: 'v2',
      key: { alg: 'A256CTR', ext: true, k: key.toString('base64url'), key_ops: ['encrypt', 'decrypt'], kty: 'oct' },
      iv: unpadded(iv),
      hashes: { sha256: sha256(ciphertext) },
    },
  };
}

/** The file's bytes. Throws when the ciphertext is not the one that was announced. */
export function decryptAttachment(ciphertext: Uint8Array, file: EncryptedFile): Buffer {
  if (sha256(ciphertext) !== file.hashes.sha256)
    throw new Error('the attachment does not have the hash that its message gives');
  const decipher = createDecipheriv(
    'aes-256-ctr',
    Buffer.from(file.key.k, 'base64url'),
    Buffer.from(file.iv, 'base64'),
  );
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

function sha256(bytes: Uint8Array): string {
  return unpadded(createHash('sha256').update(bytes).digest());
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replace(/=+$/, '');
}
