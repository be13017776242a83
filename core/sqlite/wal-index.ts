import { readSync } from 'node:fs';

/** What the wal-index of a store says about its log. */
export interface WalIndex {
  readonly pageBytes: number;
  /** Committed frames in the log; 0: nothing but the file counts. */
  readonly frames: number;
  /** Frames that were written back into the file already. */
  readonly writtenBack: number;
  /** Pages of the store with the log. */
  readonly pages: number;
}

const HEAD_BYTES = 100;
/** One of the two copies of what the head says; they differ while somebody writes it. */
const COPY_BYTES = 48;
const VERSION = 3_007_000;
/** Header of a log and of each of its frames. */
export const WAL_HEAD_BYTES = 32;
export const FRAME_HEAD_BYTES = 24;

/**
 * Reads the head of a store's shared-memory file, opened as `handle` (https://www.sqlite.org/walformat.html, "WAL-Index File Format"; integers
 * are in the byte order of this machine, which all that run Node have the little end first). Only sensible while the caller
 * holds the store's write lock, or a read transaction for what cannot change under it. undefined when it is none that we know.
 */
export function readWalIndex(handle: number): WalIndex | undefined {
  const head = Buffer.alloc(HEAD_BYTES);
  const bytes = readSync(handle, head, 0, HEAD_BYTES, 0);
  const isWhole =
    bytes === HEAD_BYTES && head.subarray(0, COPY_BYTES).equals(head.subarray(COPY_BYTES, 2 * COPY_BYTES));
  if (!isWhole || head.readUInt32LE(0) !== VERSION || head[12] !== 1) return undefined;
  const size = head.readUInt16LE(14);
  return {
    // 65536 does not fit into two bytes and is written as 1.
    pageBytes: size === 1 ? 65_536 : size,
    frames: head.readUInt32LE(16),
    pages: head.readUInt32LE(20),
    writtenBack: head.readUInt32LE(96),
  };
}
