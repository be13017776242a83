import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { folderStore } from '../../../ops/backup/remotes/folder-store.ts';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { archive, digest, folderSide, NEVER, remoteContract } from './remote-contract.ts';

let root: string;
let [local, far] = ['', ''];
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kin-folder-'));
  [local, far] = [join(root, 'local'), join(root, 'far')];
  mkdirSync(local);
  mkdirSync(far);
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

function remote(options: { path?: string; mustBeMount?: boolean; bandwidthKiB?: number } = {}): OffsetRemote {
  const { path = far, mustBeMount, bandwidthKiB } = options;
  return new OffsetRemote({ name: 'disk', bandwidthKiB, kind: folderStore({ name: 'disk', path, mustBeMount }) });
}

test('a place that cannot be asked for a file is closed again', async () => {
  const kind = folderStore({ name: 'disk', path: far });
  let isClosed = false;
  const open = async (signal: AbortSignal) =>
    Object.assign(await kind.open(signal), {
      [Symbol.asyncDispose]: async () => {
        isClosed = true;
      },
    });
  const watched = new OffsetRemote({ name: 'disk', kind: { ...kind, open } });
  const tooLong = `kin-${'x'.repeat(300)}`;
  await expect(watched.read(tooLong, NEVER)).rejects.toMatchObject({ code: 'unavailable' });
  expect(isClosed).toBe(true);
});

describe('a folder', () => {
  remoteContract(() => ({ remote: remote(), local, ...folderSide(far) }));

  test('what lies there already is not written again, and something else is', async () => {
    const file = await archive(local, 1_000_000);
    writeFileSync(join(far, `${file.name}.part`), readFileSync(file.path).subarray(0, 600_000));
    const progress: number[] = [];
    await remote().send(file, { signal: NEVER, onProgress: (bytes) => progress.push(bytes) });
    expect(progress[0]).toBeGreaterThan(600_000);
    expect(readdirSync(far)).toEqual([file.name]);

    const other = await archive(local, 1_000_000);
    writeFileSync(join(far, `${other.name}.part`), randomBytes(600_000));
    await remote().send(other, { signal: NEVER });
    expect(digest(readFileSync(join(far, other.name)))).toBe(digest(readFileSync(other.path)));
  });

  test('nothing is ever made where a disk should be', async () => {
    const file = await archive(local, 10);
    const gone = remote({ path: join(root, 'usb') });
    await expect(gone.send(file, { signal: NEVER })).rejects.toMatchObject({ code: 'unavailable' });
    expect(existsSync(join(root, 'usb'))).toBe(false);
    await expect(gone.list(NEVER)).rejects.toThrow('the remote disk is not there: its folder is missing');
  });

  test('where something must be mounted, an empty folder is refused', async () => {
    const file = await archive(local, 10);
    await expect(remote({ mustBeMount: true }).send(file, { signal: NEVER })).rejects.toThrow('nothing is mounted');
    expect(readdirSync(far)).toEqual([]);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'kin', far], { stdio: 'pipe' });
    } catch {
      console.info('not tested: what is mounted is taken (mounting is not allowed here)');
      return;
    }
    try {
      await remote({ mustBeMount: true }).send(file, { signal: NEVER });
      expect(readdirSync(far)).toEqual([file.name]);
      const large = await archive(local, 3_000_000);
      await expect(remote({ mustBeMount: true }).send(large, { signal: NEVER })).rejects.toThrow(
        'the remote disk is full',
      );
      expect(readdirSync(far)).not.toContain(large.name);
    } finally {
      execFileSync('umount', [far]);
    }
  });

  const isRoot = process.getuid?.() === 0;
  if (isRoot) console.log('Left out: root may write into every folder.');
  test.skipIf(isRoot)('a folder that may not be written is named by its remote alone', async () => {
    chmodSync(far, 0o500);
    const file = await archive(local, 10);
    await expect(remote().send(file, { signal: NEVER })).rejects.toMatchObject({ code: 'forbidden' });
  });
});
