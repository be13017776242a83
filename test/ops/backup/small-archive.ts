import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { zstdCompressSync } from 'node:zlib';
import { generateKey, type Key, type PrivateKey, readKey, readPrivateKey } from 'openpgp';
import { pack } from 'tar-stream';
import type { FrozenFile } from '../../../core/backup/frozen-state.ts';
import type { ArchiveHead } from '../../../ops/backup/archive/manifest.ts';
import { type ArchiveSeal, sealStream } from '../../../ops/backup/archive/seal-stream.ts';
import { sessionKeyOf } from '../../../ops/backup/archive/session-key.ts';
import { type WrittenArchive, writeArchive } from '../../../ops/backup/archive/write-archive.ts';

/** A key pair as `kinkeeper backup keys` makes it, armored and read. */
export interface Pair {
  readonly publicKey: Key;
  readonly privateKey: PrivateKey;
  readonly armored: { readonly publicKey: string; readonly privateKey: string };
}

export async function makePair(
  name: string,
  options: { readonly date?: Date; readonly expires?: number } = {},
): Promise<Pair> {
  const made = await generateKey({
    ...{ userIDs: [{ name, email: `${name}@home.test` }], type: 'ecc', curve: 'curve25519Legacy' },
    ...(options.date && { date: options.date }),
    ...(options.expires !== undefined && { keyExpirationTime: options.expires }),
  });
  return {
    publicKey: await readKey({ armoredKey: made.publicKey }),
    privateKey: await readPrivateKey({ armoredKey: made.privateKey }),
    armored: made,
  };
}

export const HEAD: ArchiveHead = {
  ...{ format: 1, version: '0.1.0', madeAt: 1_800_000_000_000, people: 2, tenants: [], homeserver: 'none' },
  auditAnchor: { rows: 0, hash: '0'.repeat(64), at: 0 },
};

export function fileOf(name: string, content: Uint8Array): FrozenFile {
  const read = async function* () {
    yield content;
  };
  return { name, bytes: content.length, read };
}

/** An archive of these files, as a backup writes it. */
export async function writeSmall(
  path: string,
  files: readonly FrozenFile[],
  recipients: readonly Key[],
): Promise<WrittenArchive & { readonly seal: ArchiveSeal }> {
  const seal = { recipients, sessionKey: sessionKeyOf() };
  const signal = new AbortController().signal;
  return { ...(await writeArchive(path, { head: HEAD, files }, { seal, signal })), seal };
}

/** An entry of a tar that nobody of ours would make. */
export interface OddEntry {
  readonly header: Parameters<ReturnType<typeof pack>['entry']>[0];
  readonly content?: Uint8Array;
}

export async function tarOf(entries: readonly OddEntry[]): Promise<Buffer> {
  const tar = pack();
  for (const { header, content } of entries) tar.entry(header, Buffer.from(content ?? ''));
  tar.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of tar) parts.push(part as Uint8Array);
  return Buffer.concat(parts);
}

/** Seals what is no tar of ours; `compressed` when it is zstd already. */
export async function sealOdd(path: string, content: Uint8Array, seal: ArchiveSeal, compressed = false): Promise<void> {
  const plain = compressed ? content : zstdCompressSync(content);
  await pipeline(copies(sealStream(Readable.from([plain]), seal)), createWriteStream(path));
}

/** A piece is used again once the next one is asked for, and a stream keeps some waiting. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncIterable<Buffer> {
  for await (const piece of pieces) yield Buffer.from(piece);
}
