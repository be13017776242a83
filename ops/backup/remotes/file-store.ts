import type { RemoteFile } from '../remote.ts';

/** An opened place with files that can be written at an offset: a folder, or SFTP. Its errors become words in `faultOf`. */
export interface FileStore extends AsyncDisposable {
  list(): Promise<RemoteFile[]>;
  /** Undefined when there is no such file. */
  size(name: string): Promise<number | undefined>;
  /** Writes from `offset` on (0: a new, empty file) and returns when the far side says that it is on its disk. */
  write(name: string, offset: number, chunks: AsyncIterable<Buffer>): Promise<void>;
  /** The bytes from the start. Throws as the store does when there is no such file. */
  read(name: string): AsyncIterable<Buffer>;
  /** Replaces what lies under the new name. */
  rename(from: string, to: string): Promise<void>;
  remove(name: string): Promise<void>;
}

/** How a store is opened, and what its errors mean. */
export interface FileStoreKind {
  open(signal: AbortSignal): Promise<FileStore>;
  /** The AppError for anything that an opened store threw. */
  faultOf(thrown: unknown): Error;
}
