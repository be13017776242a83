import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import type { Tampering } from './target.ts';

/** Turns one bit of a file, drawn by `random`. Named by the first part of the file's name. */
export function turnBitOf(file: string, random: () => number): Tampering & { readonly byte: number } {
  const bytes = readFileSync(file);
  const bit = turnBit(bytes, random);
  writeFileSync(file, bytes);
  return { what: `byte ${bit >> 3}, bit ${bit & 7}`, named: basename(file).split('.')[0]!, byte: bit >> 3 };
}

/** Turns one bit of some bytes and returns its place. */
export function turnBit(bytes: Uint8Array, random: () => number): number {
  const bit = Math.floor(random() * bytes.length * 8);
  bytes[bit >> 3]! ^= 1 << (bit & 7);
  return bit;
}
