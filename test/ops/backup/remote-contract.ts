import { createHash, randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import type { Remote, SentFile } from '../../../ops/backup/remote.ts';
import { writeArchive } from './ssh-host.ts';

/** A remote under test. */
export interface RemoteSide {
  readonly remote: Remote;
  /** A folder of this side for archives. */
  readonly local: string;
  /** What lies at the far side under the final name, read there; undefined when there is no such file. */
  there(name: string): Promise<Buffer | undefined>;
  /** Names of what tries to send left there. */
  unfinished(): Promise<string[]>;
  /** Puts other bytes under a final name, at the far side. */
  put(name: string, bytes: Buffer): Promise<void>;
}

export const NEVER = new AbortController().signal;

/** SHA-256 (hex); comparing megabytes takes the test runner a minute. */
export function digest(bytes: Buffer | undefined): string | undefined {
  return bytes && createHash('sha256').update(bytes).digest('hex');
}

/** An archive of random bytes as it is handed to a remote. */
export async function archive(folder: string, bytes: number): Promise<SentFile> {
  const { path, name } = writeArchive(folder, bytes);
  return { path, name, bytes, sha256: digest(readFileSync(path))! };
}

/** What every kind of remote has to do. */
export function remoteContract(side: () => RemoteSide): void {
  test('sends, lists, reads and removes', async () => {
    const { remote, local, there } = side();
    const file = await archive(local, 3_000_001);
    let seen = 0;
    await remote.send(file, { signal: NEVER, onProgress: (bytes) => (seen = bytes) });
    expect(digest(await there(file.name))).toBe(digest(readFileSync(file.path)));
    expect(seen).toBe(file.bytes);
    expect(await remote.list(NEVER)).toContainEqual({ name: file.name, bytes: file.bytes });
    expect(digest(await buffer(await remote.read(file.name, NEVER)))).toBe(file.sha256);
    expect(await remote.remove(file.name, NEVER)).toBe(true);
    expect(await there(file.name)).toBeUndefined();
    expect(await remote.list(NEVER)).not.toContainEqual({ name: file.name, bytes: file.bytes });
    // Gone already: a kill after it was removed.
    expect(await remote.remove(file.name, NEVER)).toBe(true);
  });

  test('what is not there is said so', async () => {
    const { remote, local } = side();
    const { name } = await archive(local, 10);
    await expect(remote.read(name, NEVER).then(buffer)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('other bytes of the same size under its name are replaced', async () => {
    const { remote, local, there, put } = side();
    const file = await archive(local, 70_000);
    await put(file.name, randomBytes(file.bytes));
    await remote.send(file, { signal: NEVER });
    expect(digest(await there(file.name))).toBe(digest(readFileSync(file.path)));
  });

  test('a file that changed on this side is never given its name there', async () => {
    const { remote, local, there } = side();
    const file = await archive(local, 70_000);
    writeFileSync(file.path, randomBytes(file.bytes));
    await expect(remote.send(file, { signal: NEVER })).rejects.toMatchObject({ code: 'unavailable' });
    expect(await there(file.name)).toBeUndefined();
    truncateSync(file.path, 100);
    await expect(remote.send(file, { signal: NEVER })).rejects.toThrow();
    expect(await there(file.name)).toBeUndefined();
  });

  test.each([
    ['whole', (bytes: Buffer) => bytes],
    ['of the right size but something else', (bytes: Buffer) => randomBytes(bytes.length)],
    ['too long', (bytes: Buffer) => Buffer.concat([bytes, bytes])],
  ])('what was left without its name by a try that was killed is no hindrance (%s)', async (_, left) => {
    const { remote, local, there, put } = side();
    const file = await archive(local, 70_000);
    await put(`${file.name}.part`, left(readFileSync(file.path)));
    await remote.send(file, { signal: NEVER });
    expect(digest(await there(file.name))).toBe(file.sha256);
  });

  test('it ends when it is told to', async () => {
    const { remote, local } = side();
    const file = await archive(local, 2_000_000);
    const stop = new AbortController();
    const reason = new Error('enough');
    const sending = remote.send(file, { signal: stop.signal, onProgress: () => stop.abort(reason) });
    await expect(sending).rejects.toBe(reason);
  });

  test('what an ended try left behind goes, and nothing else', async () => {
    const { remote, local, there, put, unfinished } = side();
    const file = await archive(local, 2_000_000);
    await put('notes.txt.part', Buffer.from('somebody else’s'));
    const stop = new AbortController();
    const sending = remote.send(file, { signal: stop.signal, onProgress: () => stop.abort(new Error('enough')) });
    await expect(sending).rejects.toThrow('enough');
    const left = await unfinished();
    await remote.removeUnfinished('beside', NEVER);
    expect(await unfinished(), 'another job may be sending it').toEqual(left);
    await remote.removeUnfinished('generations', NEVER);
    expect(await unfinished()).toEqual([]);
    expect(await there('notes.txt.part')).toBeDefined();
    await remote.send(file, { signal: NEVER });
    expect(digest(await there(file.name))).toBe(file.sha256);
  });
}

/** The far side as a folder that this test can open. */
export function folderSide(folder: string): Pick<RemoteSide, 'there' | 'put' | 'unfinished'> {
  return {
    there: async (name) => {
      try {
        return readFileSync(join(folder, name));
      } catch {
        return undefined;
      }
    },
    unfinished: async () => readdirSync(folder).filter((name) => /^kin-.*\.part$/.test(name)),
    put: async (name, bytes) => writeFileSync(join(folder, name), bytes),
  };
}
