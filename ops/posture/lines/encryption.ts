import { cryptsBelow, cryptType, placeOf } from '../block-tree.ts';
import {
  failed,
  type HostLine,
  harden,
  hostLine,
  linesOf,
  must,
  passed,
  type Said,
  Unclear,
  unlessAny,
  valuesOf,
} from '../line.ts';

/** Whether a stolen disk tells anything: the data, and what memory was written to. */
export const ENCRYPTION_LINES: readonly HostLine[] = [
  hostLine({
    id: 'volume-encryption',
    reads: ['settings', 'mounts', 'blocks'],
    mayLack: ['crypts'],
    fix: harden('luks'),
    judge: (said) => {
      const path = must(valuesOf(said.settings).get('data_dir') || undefined, 'data_dir');
      const { target, source } = placeOf(path, said.mounts);
      const names = cryptsBelow(source, said.blocks);
      if (names.length === 0) return failed(`${path} lies on ${source} (${target}), which is not encrypted`);
      const open = names.map((name) => [name, cryptType(name, said.crypts)] as const);
      const luks = open.filter(([, type]) => type?.startsWith('LUKS'));
      if (luks.length === 0) throw new Unclear(`cryptsetup status ${names.join(' ')}`);
      return passed(`${path} lies on ${source}: ${luks.map(([name, type]) => `${name} ${type}`).join(', ')}`);
    },
  }),
  hostLine({
    id: 'swap',
    reads: ['swaps', 'mounts', 'blocks'],
    fix: harden('swap'),
    judge: (said) => {
      const [head, ...rows] = linesOf(said.swaps);
      if (!head?.startsWith('Filename')) throw new Unclear('/proc/swaps');
      if (rows.length === 0) return passed('no swap');
      const places = rows.map((row) => row.split(/\s+/)[0]!);
      const open = places.filter((place) => !isSealed(place, said));
      return unlessAny(
        open.map((place) => `swap on ${place} is not encrypted`),
        `swap on ${places.join(', ')}: encrypted, or in memory`,
      );
    },
  }),
];

function isSealed(place: string, said: Said<'mounts' | 'blocks'>): boolean {
  if (/^\/dev\/zram\d+$/.test(place)) return true;
  const source = place.startsWith('/dev/') ? place : placeOf(place, said.mounts).source;
  return cryptsBelow(source, said.blocks).length > 0;
}
