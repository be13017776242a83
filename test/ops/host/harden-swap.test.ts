import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { HardenHost } from './harden-host.ts';

// Swap by what the kernel and fstab say of it, as files of the test's own; real swap `npm run prove:host -- --only swap` takes away.

const FSTAB =
  '# of before\n/dev/vda1 / ext4 defaults 0 1\n/dev/vda2 none swap sw 0 0\n/dev/mapper/sealed none swap sw 0 0\n';

let stage: HardenHost;
const swaps = () => join(stage.host.root, 'proc/swaps');
const fstab = () => readFileSync(join(stage.host.root, 'etc/fstab'), 'utf8');
const swapping = (...rows: string[]) =>
  writeFileSync(swaps(), `Filename Type Size Used Priority\n${rows.map((row) => `${row}\n`).join('')}`);

beforeEach(() => {
  stage = new HardenHost();
  stage.write('etc/fstab', FSTAB);
  stage.write('proc/meminfo', 'MemAvailable: 500000 kB\n');
  swapping(
    '/dev/vda2 partition 1000000 1000 -2',
    '/dev/mapper/sealed partition 1000000 1000 -3',
    '/dev/zram0 partition 1 1 5',
  );
  stage.host.fake('findmnt', 'for last; do :; done; echo "$last"');
  stage.host.fake('lsblk', 'case "$*" in *mapper*) echo crypt ;; *) echo part ;; esac');
  stage.host.fake('swapoff', `sed -i "\\\\|^$2 |d" ${swaps()}`);
  stage.host.fake('swapon', `echo "$2 partition 1000000 0 -4" >>${swaps()}`);
});
afterEach(() => stage.remove());

test('what swaps unsealed is off, now and after a start; what is sealed, or lies in memory, stays; an undo has it on again', async () => {
  expect((await stage.run('verify', 'swap')).out).toMatch(
    /fail\tnow\t.*: \/dev\/vda2\n.*fail\tboot\t.*: \/dev\/vda2$/s,
  );
  expect(await stage.run('apply', 'swap')).toMatchObject({ code: 0, out: 'swap: applied' });
  expect(readFileSync(swaps(), 'utf8').match(/^\/\S+/gm)).toEqual(['/dev/mapper/sealed', '/dev/zram0']);
  expect(fstab()).toBe(FSTAB.replace('/dev/vda2', '# kinkeeper-harden (measure swap): /dev/vda2'));
  await stage.run('undo', 'swap');
  expect(fstab()).toBe(FSTAB);
  expect(readFileSync(swaps(), 'utf8')).toContain('/dev/vda2 ');
});

test('what does not fit into memory is not taken from the disk', async () => {
  swapping('/dev/vda2 partition 1000000 600000 -2');
  const { code, out } = await stage.run('apply', 'swap');
  expect(out).toMatch(
    /nothing was changed: what is swapped out \(600000 kB\) does not fit into memory \(500000 kB free\)/,
  );
  expect(code).toBe(1);
  expect(readFileSync(swaps(), 'utf8')).toContain('/dev/vda2 ');
  expect(fstab()).toBe(FSTAB);
});
