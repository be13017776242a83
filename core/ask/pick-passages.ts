import type { Passage } from '../document.ts';
import type { FoundPassage } from './found-passage.ts';
import { wordsOf } from './grams.ts';
import { estimateTokens } from './tokens.ts';

/** Room for passages: `tokens` of the model's window, and at most `count` of them. */
export interface PassageRoom {
  readonly tokens: number;
  readonly count: number;
}

/** Tokens that a passage's fence, file name and heading take beside its text. */
const AROUND = 60;
/** Two texts that share this part of their distinct words (of the shorter one) say the same. */
const SAME = 0.9;

/**
 * Chooses the passages that a prompt or an extractive answer holds: by rank, without near-duplicates and without those
 * that lie within one already taken, as long as they fit. One that does not fit is skipped, smaller ones after it may
 * still go in; only when nothing fits at all, the first is cut. Pure.
 */
export function pickPassages(found: readonly FoundPassage[], room: PassageRoom): Passage[] {
  const picked: Passage[] = [];
  const words: Set<string>[] = [];
  let left = room.tokens;
  for (const { passage } of found) {
    if (picked.length >= room.count) break;
    const cost = estimateTokens(passage.text) + AROUND;
    if (cost > left || picked.some((other) => overlaps(passage, other))) continue;
    const own = new Set(wordsOf(passage.text));
    if (picked.some((other, i) => saysTheSame(passage, own, other, words[i]!))) continue;
    picked.push(passage);
    words.push(own);
    left -= cost;
  }
  const first = found[0]?.passage;
  if (picked.length === 0 && first && room.count > 0 && left > 2 * AROUND) return [cutTo(first, left - AROUND)];
  return picked;
}

/** True when more than half of the shorter passage is also in the other one, of the same page. */
function overlaps(a: Passage, b: Passage): boolean {
  if (a.document !== b.document || a.page !== b.page) return false;
  const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start);
  return shared > Math.min(a.end - a.start, b.end - b.start) / 2;
}

/** Numbers are kept apart: last year's policy differs from this year's in nothing else. */
function saysTheSame(a: Passage, aWords: Set<string>, b: Passage, bWords: Set<string>): boolean {
  const [small, large] = aWords.size <= bWords.size ? [aWords, bWords] : [bWords, aWords];
  if (small.size === 0) return true;
  let shared = 0;
  for (const word of small) {
    if (large.has(word)) shared += 1;
    else if (/\p{N}/u.test(word)) return false;
  }
  return shared / small.size >= SAME && (a.document === b.document || shared === small.size);
}

function cutTo(passage: Passage, tokens: number): Passage {
  let text = passage.text;
  while (estimateTokens(text) > tokens) text = text.slice(0, Math.floor(text.length * 0.8));
  return { ...passage, text: text.replace(/[\uD800-\uDBFF]$/, ''), end: passage.start + text.length };
}
