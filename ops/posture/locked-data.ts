import { UNLOCK_VOLUME } from '../fixes/commands.ts';
import { isMounted } from './block-tree.ts';
import { found, type Judged, must, type Said, valuesOf } from './line.ts';

/** Fails with how to unlock the sealed volume, where the data lie in one that nobody has opened since the machine started; undefined otherwise. */
export function lockedData(said: Said<'sealed-data' | 'mounts'>): Judged | undefined {
  const device = must(valuesOf(said['sealed-data']).get('device'), 'sealed-data: device');
  if (device === '' || isMounted(device, said.mounts)) return undefined;
  return { verdict: 'fail', evidence: [found('volume.locked', { device })], fix: UNLOCK_VOLUME };
}
