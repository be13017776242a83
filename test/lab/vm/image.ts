import { copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { labFolder } from '../python-child.ts';

/** Systems that can be made: the name that debootstrap knows, and where its packages come from. */
export const SYSTEMS = {
  bookworm: { mirror: 'http://deb.debian.org/debian', kernel: 'linux-image-cloud-amd64' },
  trixie: { mirror: 'http://deb.debian.org/debian', kernel: 'linux-image-cloud-amd64' },
} as const;

export type SystemName = keyof typeof SYSTEMS;

/** A whole system that can be started: a disk that is never written to, its kernel, and the key of the account `ada`. */
export interface VmImage {
  readonly disk: string;
  readonly kernel: string;
  readonly initrd: string;
  readonly key: string;
  /** It has the modules of user-mode Linux, and that is installed here. */
  readonly hasUserMode: boolean;
}

const MAKE = fileURLToPath(new URL('./make-image.sh', import.meta.url));

/** The image that lies in the laboratory; undefined when none was made. */
export function findImage(system: SystemName): VmImage | undefined {
  const folder = join(labFolder(), 'vm', system);
  const file = (name: string) => join(folder, name);
  if (!existsSync(file('disk.img'))) return undefined;
  const hasUserMode = existsSync(file('user-mode')) && existsSync('/usr/bin/linux.uml');
  return { disk: file('disk.img'), kernel: file('vmlinuz'), initrd: file('initrd.img'), key: file('key'), hasUserMode };
}

/** Why no machine can be started here; undefined when one can. For tests that leave it out then. */
export function whyNoMachine(system: SystemName): string | undefined {
  if (process.getuid?.() !== 0) return 'only root can give it a network of its own';
  if (!existsSync('/usr/bin/qemu-system-x86_64')) return 'qemu-system-x86_64 is not here (qemu-system-x86)';
  if (!existsSync('/dev/net/tun')) return 'there is no /dev/net/tun';
  if (findImage(system) === undefined)
    return `no image of ${system} was made (node test/lab/vm/make-image.ts ${system})`;
  return undefined;
}

/** Makes the image, in some minutes; needs root, debootstrap and the system's archive of packages. */
export async function makeImage(system: SystemName): Promise<void> {
  const folder = join(labFolder(), 'vm', system);
  const part = `${folder}.part`;
  rmSync(part, { recursive: true, force: true });
  const cache = join(labFolder(), 'vm', 'cache', system);
  for (const one of [part, cache]) mkdirSync(one, { recursive: true });
  // Machines that run from an older image are reached with its key: it stays.
  if (existsSync(join(folder, 'key')))
    for (const name of ['key', 'key.pub']) copyFileSync(join(folder, name), join(part, name));
  else await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(part, 'key')]);
  const { mirror, kernel } = SYSTEMS[system];
  await execa('/bin/sh', [MAKE, part, system, mirror, kernel, cache], { stdio: ['ignore', 'inherit', 'inherit'] });
  writeFileSync(join(part, 'made-at'), `${new Date().toISOString()}\n`);
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}
