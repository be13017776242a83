import type { Readable } from 'node:stream';
import { besideOf } from '../../core/backup/beside.ts';
import { generationOf } from '../../core/backup/generation.ts';

/** A file at a remote. `bytes` is its size. */
export interface RemoteFile {
  readonly name: string;
  readonly bytes: number;
}

/** What is sent: a finished, sealed file. */
export interface SentFile {
  readonly path: string;
  /** Its name at the remote; letters, digits, dots and dashes only. */
  readonly name: string;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
}

/** How it is sent. */
export interface SendOptions {
  readonly signal: AbortSignal;
  /** Bytes that are there already; called now and then. */
  readonly onProgress?: (bytes: number) => void;
}

/** Generations, or what is sent beside them (core/backup/beside.ts): two jobs send them, which may both be at work. */
export type SentSort = 'generations' | 'beside';

/** Whether a file is of that sort, by its name. Used by the remotes. */
export function isOfSort(file: string, sort: SentSort): boolean {
  return (sort === 'generations' ? generationOf(file) : besideOf(file)) !== undefined;
}

/**
 * A place on another machine (or a mounted folder) that takes sealed archives. Made from the settings. Every method throws
 * AppError: `unavailable` when it cannot be reached (trying later helps), `forbidden` when it refuses us, `invalid` when
 * the settings cannot work.
 */
export interface Remote {
  /** Its name in the settings. */
  readonly name: string;
  /** Whether `read` may give anything; missing: yes. False where our key can only add: a drill takes another place then. */
  readonly isReadable?: boolean;
  /** True once it has told that it keeps what was removed as an older version (a bucket with versions, or a lock on its objects). */
  readonly keepsRemoved?: boolean;
  /**
   * The files that lie there. Where our key can only add, nothing can be listed: then it tells which of the `known` ones
   * do, and of nothing else.
   */
  list(signal: AbortSignal, known?: readonly RemoteFile[]): Promise<RemoteFile[]>;
  /**
   * Sends a file, goes on where an earlier try broke off, and returns only when the far side holds exactly these bytes
   * (compared by SHA-256, read back where the far side cannot be asked; by rsync as MD5). Until then nothing lies there under the final name.
   */
  send(file: SentFile, options: SendOptions): Promise<void>;
  /**
   * The bytes of a file, for a drill or a restore. `mostBytes`: how large it is known to be, for places that fetch it to this disk first, which
   * takes no more than that (unknown: than leaves room); who reads on counts as well. Throws AppError `not-found` when it is not there,
   * `invalid` (reason `backup-damaged`) when it is larger.
   */
  read(name: string, signal: AbortSignal, mostBytes?: number): Promise<Readable>;
  /** Removes a file; `false` where our key can only add, and the far side has to prune by itself. */
  remove(name: string, signal: AbortSignal): Promise<boolean>;
  /** Removes what tries to send files of that sort left behind, where our key may. To be called when none of them is to be sent any more. */
  removeUnfinished(sort: SentSort, signal: AbortSignal): Promise<void>;
}
