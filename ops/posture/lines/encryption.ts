import { harden } from '../../fixes/commands.ts';
import { cryptsBelow, cryptType, mountsBelow, placeOf } from '../block-tree.ts';
import {
  failed,
  found,
  type HostLine,
  hostLine,
  linesOf,
  must,
  passed,
  type Said,
  Unclear,
  unlessAny,
  valuesOf,
} from '../line.ts';
import { lockedData } from '../locked-data.ts';

/** Whether a stolen disk tells anything: the data, and what memory was written to. */
export const ENCRYPTION_LINES: readonly HostLine[] = [
  hostLine({
    id: 'volume-encryption',
    reads: ['settings', 'places', 'mounts', 'blocks', 'sealed-data'],
    mayLack: ['crypts'],
    fix: harden('luks'),
    judge: (said) => {
      const locked = lockedData(said);
      if (locked !== undefined) return locked;
      const settings = valuesOf(said.settings);
      const data = must(settings.get('data_dir') || undefined, 'data_dir');
      // The state may lie elsewhere than the rest: each has to be on such a volume.
      const paths = [...new Set([data, settings.get('state_dir') || data, ...placesIn(said, data)])];
      const places = paths.map((path) => ({ path, ...placeOf(path, said.mounts) }));
      const sealed = places.map((place) => ({ ...place, names: cryptsBelow(place.source, said.blocks) }));
      const open = sealed.filter(({ names }) => names.length === 0);
      if (open.length > 0)
        return failed(...open.map(({ path, source, target }) => found('volume.plain', { path, source, target })));
      const below = new Map(sealed.map((place) => [place.source, place]));
      return passed(
        ...[...below.values()].map(({ path, source, names }) =>
          found('volume.sealed', { path, source, types: typesOf(names, said.crypts) }),
        ),
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
      if (rows.length === 0) return passed(found('swap.none', {}));
      const places = rows.map((row) => row.split(/\s+/)[0]!);
      const open = places.filter((place) => !isSealed(place, said));
      return unlessAny(
        open.map((place) => found('swap.plain', { place })),
        found('swap.sealed', { places: places.join(', ') }),
      );
    },
  }),
];

/** Where the data really lie, links followed, and what is mounted among them. */
function placesIn(said: Said<'places' | 'mounts'>, data: string): string[] {
  const real = linesOf(said.places);
  if (real.length === 0 || real.some((path) => !path.startsWith('/'))) throw new Unclear('places');
  const mounted = mountsBelow(said.mounts, [data, ...real]);
  return [...real, ...mounted];
}

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
