import type { Tampering } from './target.ts';
import { turnBit } from './turned-bit.ts';

/** A sealed value and where it lies; `others` are sealed values from elsewhere, which somebody could put in its place. */
interface Sealed {
  readonly bytes: Uint8Array;
  readonly others: readonly Uint8Array[];
}

/** Most often turns one bit; sometimes cuts the end off, or takes what was sealed for another place. */
export function changeSealed(
  { bytes, others }: Sealed,
  random: () => number,
): Pick<Tampering, 'what'> & { bytes: Uint8Array } {
  const kind = random();
  if (kind < 0.1) {
    const length = Math.floor(random() * bytes.length);
    return { what: `cut to ${length} bytes`, bytes: bytes.slice(0, length) };
  }
  if (kind < 0.3) {
    const place = Math.floor(random() * others.length);
    return { what: `put in the other value ${place}`, bytes: others[place]! };
  }
  const changed = Uint8Array.from(bytes);
  const bit = turnBit(changed, random);
  return { what: `byte ${bit >> 3}, bit ${bit & 7} of the sealed value`, bytes: changed };
}
