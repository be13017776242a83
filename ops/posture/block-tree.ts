import { z } from 'zod';
import { jsonOf, linesOf, must, Unclear } from './line.ts';

interface Block {
  readonly name: string;
  readonly kname: string;
  readonly type: string;
  readonly children?: Block[] | undefined;
}
const block: z.ZodType<Block> = z.object({
  ...{ name: z.string(), kname: z.string(), type: z.string() },
  get children() {
    return z.array(block).optional();
  },
});
const blocks = z.object({ blockdevices: z.array(block) });
const mounts = z.object({
  filesystems: z.array(z.object({ target: z.string(), source: z.string(), fstype: z.string() })),
});

/** What a path lies on: its mount, and the device behind it. */
export interface Place {
  readonly target: string;
  readonly source: string;
  readonly fstype: string;
}

/** Where a path lies, by the mounts of the whole host. Throws `Unclear` when there is no mount above it. */
export function placeOf(path: string, findmnt: string): Place {
  const { filesystems } = jsonOf(findmnt, mounts, 'findmnt');
  const isAbove = ({ target }: Place) => target === '/' || path === target || path.startsWith(`${target}/`);
  // Of several on one place the last one is on top.
  const above = filesystems.filter(isAbove).sort((one, other) => one.target.length - other.target.length);
  return must(above.at(-1), `findmnt: ${path}`);
}

/** Whether a device is mounted anywhere. */
export function isMounted(device: string, findmnt: string): boolean {
  return jsonOf(findmnt, mounts, 'findmnt').filesystems.some(({ source }) => source.replace(/\[.*\]$/, '') === device);
}

/** Places below some folders where something else is mounted; not what lies in memory alone. */
export function mountsBelow(findmnt: string, folders: readonly string[]): string[] {
  const { filesystems } = jsonOf(findmnt, mounts, 'findmnt');
  return filesystems
    .filter(({ target, fstype }) => fstype !== 'tmpfs' && folders.some((folder) => target.startsWith(`${folder}/`)))
    .map(({ target }) => target);
}

/** The names under which dm-crypt holds what a device lies on; [] where at least one way down to a disk is not encrypted. */
export function cryptsBelow(source: string, lsblk: string): string[] {
  const device = source.replace(/\[.*\]$/, '');
  const ways = waysTo(device, jsonOf(lsblk, blocks, 'lsblk').blockdevices, []);
  if (ways.length === 0) throw new Unclear(`lsblk: ${device}`);
  const crypts = ways.map((way) => way.filter(({ type }) => type === 'crypt').map(({ name }) => name));
  return crypts.every((names) => names.length > 0) ? [...new Set(crypts.flat())] : [];
}

/** Every way from a disk to a device, the disk first. Names as `/dev/sda1`, `/dev/mapper/kin` and `/dev/dm-0`. */
function waysTo(device: string, among: readonly Block[], above: readonly Block[]): (readonly Block[])[] {
  return among.flatMap((one) => {
    const way = [...above, one];
    const isIt = [`/dev/${one.name}`, `/dev/mapper/${one.name}`, `/dev/${one.kname}`].includes(device);
    return isIt ? [way] : waysTo(device, one.children ?? [], way);
  });
}

/** What `cryptsetup status` says of a name: LUKS1, LUKS2, PLAIN; undefined when it is not open, or its cipher hides nothing. */
export function cryptType(name: string, crypts: string): string | undefined {
  const part = crypts.split(/^(?=name )/m).find((one) => one.startsWith(`name ${name}\n`));
  if (part === undefined || !/ is active/.test(part) || /^\s*cipher:\s*cipher_null/m.test(part)) return undefined;
  return linesOf(part).flatMap((line) => /^\s*type:\s*(\S+)/.exec(line)?.[1] ?? [])[0];
}
