import type { NewDocument, NewPassage } from '../../../core/document.ts';
import { NOW } from './temporary-state.ts';

/** A document row as ingest would hand it over. */
export function sampleDocument(source: string, changes: Partial<NewDocument> = {}): NewDocument {
  return { source, name: `${source}.pdf`, kind: 'pdf', bytes: 1234, pages: 3, addedAt: NOW, ...changes };
}

/** A passage whose grams are its lower-case words and their 4-grams. */
export function samplePassage(position: number, text: string, pieces: number[] = [position + 1]): NewPassage {
  return {
    position,
    page: String(position + 1),
    heading: 'Letters › Insurance',
    start: 0,
    end: text.length,
    text,
    grams: gramsOf(text).join(' '),
    pieces: Uint32Array.from(pieces),
  };
}

/** Whole words and 4-grams of `^word$`, a small stand-in for core/ask/grams.ts. */
export function gramsOf(text: string): string[] {
  return (text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []).flatMap((word) => {
    const marked = `^${word}$`;
    return [word, ...Array.from({ length: Math.max(0, marked.length - 3) }, (_, at) => marked.slice(at, at + 4))];
  });
}

/** A repeatable source of numbers in [0, 1): mulberry32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** A unit-length vector. */
export function sampleVector(random: () => number, dimensions: number): Float32Array {
  const values = Float32Array.from({ length: dimensions }, () => random() - 0.5);
  const length = Math.hypot(...values);
  return values.map((value) => value / length);
}

/** A word that no dictionary and no other canary holds. */
export function canaryWord(random: () => number): string {
  return Array.from({ length: 14 }, () => 'bcdfghjkmnpqrstvwxz'[Math.floor(random() * 19)]).join('');
}
