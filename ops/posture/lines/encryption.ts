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
      const settings = valuesOf(said.settings);
      const data = must(settings.get('data_dir') || undefined, 'data_dir');
      // The state may lie elsewhere than the rest: each has to be on such a volume.
      const paths = [...new Set([data, settings.get('state_dir') || data])];
      const places = paths.map((path) => ({ path, ...placeOf(path, said.mounts) }));
      const sealed = places.map((place) => ({ ...place, names: cryptsBelow(place.source, said.blocks) }));
      const open = sealed.filter(({ names }) => names.length === 0);
      if (open.length > 0)
        return failed(
          open
            .map(({ path, source, target }) => `${path} lies on ${source} (${target}), which is not encrypted`)
            .join('; '),
        );
      return passed(
        sealed.map((place) => `${place.path} lies on ${place.source}: ${typesOf(place.names, said.crypts)}`).join('; '),
      );
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

/** Throws `Unclear` where none of these volumes is open as LUKS. */
function typesOf(names: readonly string[], crypts: string): string {
  const open = names.map((name) => [name, cryptType(name, crypts)] as const);
  const luks = open.filter(([, type]) => type?.startsWith('LUKS'));
  if (luks.length === 0) throw new Unclear(`cryptsetup status ${names.join(' ')}`);
  return luks.map(([name, type]) => `${name} ${type}`).join(', ');
}
