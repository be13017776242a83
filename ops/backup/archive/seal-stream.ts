import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { encryptSessionKey, type Key, type SessionKey } from 'openpgp';
import { TAG } from './packets.ts';

/** How an archive is sealed: to these public keys, with a session key (`sessionKeyOf`) that opens this archive alone. */
export interface ArchiveSeal {
  readonly recipients: readonly Key[];
  readonly sessionKey: SessionKey;
}

/** Bytes of a piece of a packet: a power of two. */
const PIECE_BYTES = 2 ** 18;
const PREFIX_BYTES = 16;

/**
 * Seals bytes as an OpenPGP message that every gpg since 2.0 reads (RFC 9580: session key packets of version 3, then SEIPD
 * of version 1 with its check sum around one literal packet). OpenPGP.js makes the session key packets; the rest is here, because its own way
 * through the streams of the web costs five times as much. A piece that was handed out is used again once the next one is asked for.
 */
export async function* sealStream(plain: AsyncIterable<Uint8Array>, seal: ArchiveSeal): AsyncGenerator<Uint8Array> {
  const { data, algorithm } = seal.sessionKey as { data: Uint8Array; algorithm: 'aes256' };
  yield await encryptSessionKey({
    ...{ data, algorithm, encryptionKeys: [...seal.recipients], format: 'binary' },
    config: { aeadProtect: false },
  });
  yield* packet(TAG.sealed, cipherText(packet(TAG.literal, literalBody(plain)), data));
}

/** A packet whose size nobody knows yet: pieces of a fixed size, then one that says how long it is. */
async function* packet(tag: number, body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(0xc0 | tag);
  const piece = Buffer.allocUnsafe(1 + PIECE_BYTES);
  piece[0] = 224 + Math.log2(PIECE_BYTES);
  let filled = 0;
  for await (const part of body) {
    for (let at = 0; at < part.length; ) {
      // Only when more is there: a message must not end with a piece.
      if (filled === PIECE_BYTES) {
        yield piece;
        filled = 0;
      }
      const taken = Math.min(PIECE_BYTES - filled, part.length - at);
      piece.set(part.subarray(at, at + taken), 1 + filled);
      filled += taken;
      at += taken;
    }
  }
  const last = Buffer.from([0xff, 0, 0, 0, 0]);
  last.writeUInt32BE(filled, 1);
  yield last;
  yield piece.subarray(1, 1 + filled);
}

/** Binary, without a name, without a time. */
async function* literalBody(plain: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield Uint8Array.of(0x62, 0, 0, 0, 0, 0);
  yield* plain;
}

/** RFC 9580, 5.13.1: a random block with its last two bytes again, the message, and SHA-1 of it all. */
async function* cipherText(plain: AsyncIterable<Uint8Array>, key: Uint8Array): AsyncGenerator<Uint8Array> {
  const cipher = createCipheriv('aes-256-cfb', key, Buffer.alloc(PREFIX_BYTES));
  const digest = createHash('sha1');
  const sealed = (part: Uint8Array) => {
    digest.update(part);
    return cipher.update(part);
  };
  yield Uint8Array.of(1);
  const prefix = randomBytes(PREFIX_BYTES);
  yield sealed(Buffer.concat([prefix, prefix.subarray(-2)]));
  for await (const part of plain) yield sealed(part);
  yield sealed(Uint8Array.of(0xc0 | TAG.checkSum, 20));
  yield cipher.update(digest.digest());
}
