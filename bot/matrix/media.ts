import { createCipheriv, createDecipheriv, createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { AppError } from '../../core/errors.ts';
import { objectField, stringField } from './events.ts';
import type { Homeserver } from './homeserver.ts';
import { HomeserverError } from './homeserver-error.ts';
import { type MessagePlace, messageContent } from './message-content.ts';

/** `EncryptedFile` of the Matrix specification, checked. */
export interface EncryptedFile {
  readonly url: string;
  readonly key: Buffer;
  readonly iv: Buffer;
  /** SHA-256 of the ciphertext. */
  readonly hash: Buffer;
}

/** Reads the `file` field of an attachment; undefined when it is missing or not of the specification's version 2. */
export function encryptedFileOf(content: Readonly<Record<string, unknown>>): EncryptedFile | undefined {
  const file = objectField(content, 'file');
  const jwk = file && objectField(file, 'key');
  const hashes = file && objectField(file, 'hashes');
  if (!file || !jwk || !hashes || file.v !== 'v2' || jwk.alg !== 'A256CTR') return undefined;
  const url = stringField(file, 'url');
  const key = Buffer.from(stringField(jwk, 'k') ?? '', 'base64url');
  const iv = Buffer.from(stringField(file, 'iv') ?? '', 'base64');
  const hash = Buffer.from(stringField(hashes, 'sha256') ?? '', 'base64');
  if (!url || key.length !== 32 || iv.length !== 16 || hash.length !== 32) return undefined;
  return { url, key, iv, hash };
}

/** Size that the sender declared, in bytes; undefined when there is none. Only good for refusing early. */
export function declaredSize(content: Readonly<Record<string, unknown>>): number | undefined {
  const size = objectField(content, 'info')?.size;
  return typeof size === 'number' && Number.isFinite(size) && size >= 0 ? size : undefined;
}

const DECRYPT_STEP = 1 << 20;

/**
 * Downloads an attachment, checks the hash of the ciphertext, and only then decrypts it, in place: a 50 MB file costs
 * 50 MB, not 150. Throws AppError `too-large`, `not-found` (reason `media-gone`) or `invalid` (`media-damaged`).
 */
export async function fetchAttachment(
  homeserver: Homeserver,
  file: EncryptedFile,
  limitBytes: number,
): Promise<Buffer> {
  const bytes = await download(homeserver, file.url, limitBytes);
  const hash = createHash('sha256').update(bytes).digest();
  if (!timingSafeEqual(hash, file.hash)) {
    throw new AppError('invalid', 'The attachment is not what its sender uploaded (hash differs).', {
      reason: 'media-damaged',
    });
  }
  const cipher = createDecipheriv('aes-256-ctr', file.key, file.iv);
  for (let at = 0; at < bytes.length; at += DECRYPT_STEP) {
    cipher.update(bytes.subarray(at, at + DECRYPT_STEP)).copy(bytes, at);
  }
  return bytes;
}

async function download(homeserver: Homeserver, url: string, limitBytes: number): Promise<Buffer> {
  try {
    return await homeserver.download(url, limitBytes);
  } catch (error) {
    if (error instanceof RangeError) throw tooLarge(limitBytes, error);
    if (error instanceof HomeserverError && !error.transient && (error.status === 404 || error.status === 403)) {
      throw new AppError('not-found', 'The homeserver no longer has this attachment.', {
        reason: 'media-gone',
        cause: error,
      });
    }
    throw error;
  }
}

/** The error for a file above the limit, wherever it was noticed. */
export function tooLarge(limitBytes: number, cause?: unknown): AppError {
  return new AppError('too-large', `The file is larger than the limit of ${limitBytes} bytes.`, {
    reason: 'file-too-large',
    facts: { limit: limitBytes },
    cause,
  });
}

/**
 * Encrypts and uploads bytes as an attachment; returns the content of the event, with a caption (Markdown) when given: an
 * `m.file`, or an `m.image` where the size in pixels is given.
 */
export async function attachmentContent(
  homeserver: Homeserver,
  file: {
    bytes: Uint8Array;
    name: string;
    mime: string;
    caption?: string;
    place?: MessagePlace;
    pixels?: { readonly width: number; readonly height: number };
  },
): Promise<Record<string, unknown>> {
  const key = randomBytes(32);
  const iv = Buffer.concat([randomBytes(8), Buffer.alloc(8)]);
  const cipher = createCipheriv('aes-256-ctr', key, iv);
  const ciphertext = Buffer.concat([cipher.update(file.bytes), cipher.final()]);
  const hash = createHash('sha256').update(ciphertext).digest();
  const url = await homeserver.upload(ciphertext);
  const said = messageContent(file.caption ?? '', 'm.notice', file.place);
  return {
    ...(file.caption === undefined ? { body: file.name, 'm.mentions': {} } : said),
    msgtype: file.pixels ? 'm.image' : 'm.file',
    filename: file.name,
    info: {
      ...{ mimetype: file.mime, size: file.bytes.length },
      ...(file.pixels && { w: file.pixels.width, h: file.pixels.height }),
    },
    file: {
      v: 'v2',
      url,
      key: { kty: 'oct', alg: 'A256CTR', ext: true, key_ops: ['encrypt', 'decrypt'], k: key.toString('base64url') },
      iv: iv.toString('base64').replace(/=+$/, ''),
      hashes: { sha256: hash.toString('base64').replace(/=+$/, '') },
    },
  };
}
