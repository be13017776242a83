import type { RemoteFile } from '../remote.ts';
import type { FileStore, FileStoreKind } from './file-store.ts';
import { ListLimit } from './list-limit.ts';
import { remoteFault } from './remote-fault.ts';
import { SftpConnection, SftpRefusal } from './sftp-connection.ts';
import { OPEN, STATUS, TYPE } from './sftp-packets.ts';
import type { SshOptions } from './ssh.ts';

/** Every server takes that much in one packet (section 3 of the draft). */
const PACKET_BYTES = 32 * 1024;
/** Packets on their way at once: 2 MiB, so that a far line is filled. */
const ON_THE_WAY = 64;
const MOST_NAME = 255;
const NO_ATTRIBUTES = 0;
const FSYNC = 'fsync@openssh.com';
const RENAME = 'posix-rename@openssh.com';

/**
 * A folder of another machine, by SFTP. `path` is absolute or starts at the user's home; empty: the home itself. The account
 * needs nothing but SFTP (`ForceCommand internal-sftp`, `ChrootDirectory`); with its line in authorized_keys
 *
 *     restrict,command="internal-sftp" ssh-ed25519 AAAA… kinkeeper
 *
 * the key opens no shell.
 */
export function sftpStore(options: SshOptions & { readonly path: string }): FileStoreKind {
  return {
    open: async (signal) => new SftpStore(await SftpConnection.open(options, signal), options),
    faultOf: (thrown) => faultOf(thrown, options.name),
  };
}

function faultOf(thrown: unknown, name: string): Error {
  const status = thrown instanceof SftpRefusal ? thrown.status : undefined;
  if (status === STATUS.denied) return remoteFault('refused', name, 'does not let us write there');
  if (status === STATUS.noSuchFile) {
    return remoteFault('no-folder', name, 'has no such folder', 'Make the folder of its target there.');
  }
  if (status !== undefined) return remoteFault('other', name, `refused (SFTP status ${status})`, 'Is it full?');
  return remoteFault('away', name, 'failed while files were sent or read');
}

class SftpStore implements FileStore {
  readonly #connection: SftpConnection;
  readonly #folder: string;
  readonly #remote: string;

  constructor(connection: SftpConnection, { name, path }: { readonly name: string; readonly path: string }) {
    this.#connection = connection;
    this.#folder = path === '' ? '.' : path.replace(/\/$/, '');
    this.#remote = name;
  }

  async list(): Promise<RemoteFile[]> {
    const files: RemoteFile[] = [];
    const limit = new ListLimit(this.#remote);
    const handle = await this.#handle(TYPE.openDir, [this.#folder || '/']);
    for (;;) {
      const { fields } = await this.#connection.request(TYPE.readDir, [handle]).catch(unlessEnd);
      if (fields === undefined) break;
      const count = fields.uint32();
      limit.answered(count);
      for (let left = count; left > 0; left--) {
        const name = fields.bytes().toString('utf8');
        fields.bytes();
        const { bytes, isFile } = fields.attributes();
        // No file of ours has a longer name, whatever the far side sends.
        if (name.length > MOST_NAME) continue;
        if (isFile !== false && bytes !== undefined) files.push({ name, bytes });
      }
    }
    await this.#connection.request(TYPE.close, [handle]);
    return files;
  }

  async size(name: string): Promise<number | undefined> {
    try {
      const { fields } = await this.#connection.request(TYPE.stat, [this.#at(name)]);
      return fields.attributes().bytes;
    } catch (thrown) {
      if (thrown instanceof SftpRefusal && thrown.status === STATUS.noSuchFile) return undefined;
      throw thrown;
    }
  }

  async write(name: string, offset: number, chunks: AsyncIterable<Buffer>): Promise<void> {
    const how = OPEN.write | OPEN.create | (offset === 0 ? OPEN.truncate : 0);
    const handle = await this.#handle(TYPE.open, [this.#at(name), how, NO_ATTRIBUTES]);
    const onTheWay: Promise<unknown>[] = [];
    let at = offset;
    for await (const chunk of chunks) {
      for (let done = 0; done < chunk.length; done += PACKET_BYTES) {
        const bytes = chunk.subarray(done, done + PACKET_BYTES);
        onTheWay.push(settling(this.#connection.request(TYPE.write, [handle, BigInt(at), bytes])));
        at += bytes.length;
        if (onTheWay.length >= ON_THE_WAY) await onTheWay.shift();
      }
    }
    await Promise.all(onTheWay);
    if (this.#connection.knows(FSYNC)) await this.#connection.request(TYPE.extended, [FSYNC, handle]);
    await this.#connection.request(TYPE.close, [handle]);
  }

  async *read(name: string): AsyncGenerator<Buffer> {
    const handle = await this.#handle(TYPE.open, [this.#at(name), OPEN.read, NO_ATTRIBUTES]);
    const onTheWay: Promise<Buffer | undefined>[] = [];
    const ask = (at: number, bytes: number) => settling(this.#chunk(handle, at, bytes));
    let asked = 0;
    for (;;) {
      while (onTheWay.length < ON_THE_WAY) {
        onTheWay.push(ask(asked, PACKET_BYTES));
        asked += PACKET_BYTES;
      }
      const at = asked - onTheWay.length * PACKET_BYTES;
      let chunk = await onTheWay.shift();
      if (chunk === undefined) break;
      yield chunk;
      // A server may give less than was asked for in the middle of a file.
      for (let got = chunk.length; got < PACKET_BYTES; got += chunk.length) {
        chunk = await ask(at + got, PACKET_BYTES - got);
        if (chunk === undefined) break;
        yield chunk;
      }
    }
    await Promise.allSettled(onTheWay);
    await this.#connection.request(TYPE.close, [handle]);
  }

  async rename(from: string, to: string): Promise<void> {
    const names = [this.#at(from), this.#at(to)];
    if (this.#connection.knows(RENAME)) await this.#connection.request(TYPE.extended, [RENAME, ...names]);
    else {
      // Plain SFTP does not replace.
      if ((await this.size(to)) !== undefined) await this.remove(to);
      await this.#connection.request(TYPE.rename, names);
    }
  }

  async remove(name: string): Promise<void> {
    await this.#connection.request(TYPE.remove, [this.#at(name)]);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#connection[Symbol.asyncDispose]();
  }

  async #handle(type: number, fields: readonly (string | number)[]): Promise<Buffer> {
    return (await this.#connection.request(type, fields)).fields.bytes();
  }

  /** Undefined at the end of the file. */
  async #chunk(handle: Buffer, at: number, bytes: number): Promise<Buffer | undefined> {
    const { fields } = await this.#connection.request(TYPE.read, [handle, BigInt(at), bytes]).catch(unlessEnd);
    return fields?.bytes();
  }

  #at(name: string): string {
    return `${this.#folder}/${name}`;
  }
}

/** Somebody waits for it later: until then a failure is no unhandled one. */
function settling<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

function unlessEnd(thrown: unknown): { fields: undefined } {
  if (thrown instanceof SftpRefusal && thrown.status === STATUS.end) return { fields: undefined };
  throw thrown;
}
