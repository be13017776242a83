import { createHash, timingSafeEqual } from 'node:crypto';
import { createInflate, createInflateRaw } from 'node:zlib';
import { decryptSessionKeys, readMessage, type SessionKey } from 'openpgp';
import { AppError } from '../../../core/errors.ts';
import { feed } from './feed.ts';
import { backupDamaged } from './manifest.ts';
import { openCfb } from './open-cfb.ts';
import { ByteReader, nextPacket, type Packet, TAG, wholeBody } from './packets.ts';
import type { ArchiveKeys } from './read-archive.ts';

const MOST_RECIPIENTS = 64;
const MOST_PACKET_BYTES = 16_384;
const PREFIX_BYTES = 18;
/** The packet at the end that holds the check sum: two bytes of head, twenty of SHA-1. */
const CHECK_BYTES = 22;
const CIPHERS: Readonly<Record<string, string>> = {
  aes128: 'aes-128-ecb',
  aes192: 'aes-192-ecb',
  aes256: 'aes-256-ecb',
};

/**
 * The bytes that `sealStream`, or gpg, has sealed. They may be believed only once it has come to its end, where the check sum stands:
 * anything changed, cut off or added throws AppError `invalid` (reason `backup-damaged`); none of the keys fits: `forbidden` (`backup-key`).
 */
export async function* unsealStream(sealed: AsyncIterable<Uint8Array>, keys: ArchiveKeys): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(sealed);
  try {
    const sessionKeys: Buffer[] = [];
    for (;;) {
      const packet = await nextPacket(reader);
      if (packet === undefined) throw backupDamaged('it is cut off');
      if (packet.tag === TAG.sealed) {
        yield* content(decrypted(packet, await sessionKeyFrom(sessionKeys, keys)));
        break;
      }
      if (packet.tag !== TAG.sessionKey && packet.tag !== TAG.marker)
        throw backupDamaged('it is not sealed as ours are');
      const body = await wholeBody(packet, MOST_PACKET_BYTES);
      if (packet.tag === TAG.sessionKey && sessionKeys.push(body) > MOST_RECIPIENTS)
        throw backupDamaged('it is sealed to more keys than any of ours');
    }
    if ((await reader.byteOrEnd()) !== undefined) throw backupDamaged('something follows its end');
  } finally {
    await reader.close();
  }
}

async function sessionKeyFrom(packets: readonly Buffer[], keys: ArchiveKeys): Promise<SessionKey> {
  if ('sessionKey' in keys) return keys.sessionKey;
  const heads = packets.map((body) => {
    const head = Buffer.from([0xc0 | TAG.sessionKey, 0xff, 0, 0, 0, 0]);
    head.writeUInt32BE(body.length, 2);
    return Buffer.concat([head, body]);
  });
  try {
    const message = await readMessage({ binaryMessage: new Uint8Array(Buffer.concat(heads)) });
    const [found] = await decryptSessionKeys({ message, decryptionKeys: [...keys.privateKeys] });
    if (found !== undefined) return found as unknown as SessionKey;
  } catch (cause) {
    throw wrongKey(cause);
  }
  throw wrongKey();
}

/** What is under the seal, without the random block before it and the check sum behind it, which is compared at the end. */
async function* decrypted({ body }: Packet, sessionKey: SessionKey): AsyncGenerator<Uint8Array> {
  const { data, algorithm } = sessionKey as unknown as { data: Uint8Array; algorithm: string };
  const reader = new ByteReader(body);
  const cipher = CIPHERS[algorithm];
  if ((await reader.byte()) !== 1 || cipher === undefined)
    throw backupDamaged('it is sealed in a way that is not ours');
  const plain = new ByteReader(openCfb(reader.rest(), { cipher, key: data }));
  const prefix = await plain.exactly(PREFIX_BYTES);
  if (prefix.readUInt16BE(14) !== prefix.readUInt16BE(16)) throw backupDamaged('its seal is broken, or of another key');
  const digest = createHash('sha1').update(prefix);
  const digested = (part: Uint8Array) => {
    digest.update(part);
    return part;
  };
  // What may be the check sum is held back.
  let check = Buffer.alloc(0);
  for await (const piece of plain.rest()) {
    if (check.length > 0) yield digested(check);
    check = Buffer.from(piece.subarray(-CHECK_BYTES));
    yield digested(piece.subarray(0, -CHECK_BYTES));
  }
  digest.update(check.subarray(0, 2));
  const isWhole = check.length === CHECK_BYTES && check[0] === (0xc0 | TAG.checkSum) && check[1] === 20;
  if (!isWhole || !timingSafeEqual(digest.digest(), check.subarray(2)))
    throw backupDamaged('its check sum does not fit');
}

/** The bytes of the one literal packet; gpg may have compressed it. Nothing may follow. */
async function* content(plain: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(plain);
  try {
    const packet = await nextPacket(reader);
    if (packet?.tag === TAG.compressed) yield* content(inflated(packet));
    else if (packet?.tag === TAG.literal) yield* literalContent(packet);
    else throw backupDamaged('it holds no file');
    if ((await reader.byteOrEnd()) !== undefined) throw backupDamaged('something follows its end');
  } finally {
    await reader.close();
  }
}

async function* literalContent({ body }: Packet): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(body);
  const [, nameBytes] = await reader.exactly(2);
  await reader.exactly(nameBytes! + 4);
  yield* reader.rest();
}

async function* inflated({ body }: Packet): AsyncGenerator<Uint8Array> {
  const reader = new ByteReader(body);
  const kind = await reader.byte();
  if (kind === 0) return yield* reader.rest();
  if (kind !== 1 && kind !== 2) throw backupDamaged('it is compressed in a way that is not ours');
  const inflate = kind === 1 ? createInflateRaw() : createInflate();
  void feed(inflate, reader.rest());
  yield* inflate;
}

function wrongKey(cause?: unknown): AppError {
  return new AppError('forbidden', 'none of these keys opens this backup', {
    reason: 'backup-key',
    hint: 'It takes the private half of a key that stood in backup.recipientsFile when the backup was made.',
    cause,
  });
}
