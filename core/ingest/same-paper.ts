import { factsOf } from '../ask/facts.ts';
import { withoutExtension } from './clean-name.ts';
import { hasOtherNames } from './other-names.ts';

/** What people and programs put behind a name when they save another copy. Years and dates are not among it: they tell papers apart. */
const COPY_MARK =
  /[\s_.-]*(?:\(\d{1,2}\)|\b(?:v|ver|version|rev)[\s._-]?\d{1,3}(?:\.\d+)?|(?<![a-zäöü])(?:final|endfassung|entwurf|draft|copy|kopie|new|neu|aktuell|corrected|korrigiert|signed|unterschrieben)(?: \d)?)$/iu;

/** A name without its ending and without marks of copies and drafts, in lower case: "Contract_v2 (1).pdf" gives "contract". */
export function nameStem(name: string): string {
  let stem = withoutExtension(name).toLowerCase().replace(/_/g, ' ').trim();
  for (let shorter = stem.replace(COPY_MARK, ''); shorter !== stem && shorter !== ''; ) {
    stem = shorter.trim();
    shorter = stem.replace(COPY_MARK, '');
  }
  return stem;
}

/** Beyond that a text is long enough to be known by its beginning. */
const COMPARED = 200_000;

/** How much of their words two texts share: 0 none, 1 all (Jaccard index over different words and numbers). */
export function sharedWords(one: string, other: string): number {
  const [a, b] = [wordsOf(one), wordsOf(other)];
  let shared = 0;
  for (const word of a) if (b.has(word)) shared++;
  const all = a.size + b.size - shared;
  return all === 0 ? 0 : shared / all;
}

/**
 * True when two papers are about different times, have numbers of their own or are for different people, like the bills of
 * two months or the sick notes of two children: each has dates, and they share no more than half of those of the one with
 * fewer; or each has a labelled number ("No. 4711") that the other lacks; or names differ (`hasOtherNames`). Two drafts of a
 * contract share most of these. False where nothing tells.
 */
export function isOtherOccasion(one: string, other: string): boolean {
  const [a, b] = [timesOf(one), timesOf(other)];
  const shared = [...a].filter((time) => b.has(time)).length;
  if (a.size > 0 && b.size > 0 && shared * 2 <= Math.min(a.size, b.size)) return true;
  const [c, d] = [numbersOf(one), numbersOf(other)];
  if ([...c].some((number) => !d.has(number)) && [...d].some((number) => !c.has(number))) return true;
  return hasOtherNames(one, other);
}

/** Days, and months that have no day. */
function timesOf(text: string): Set<string> {
  const facts = factsOf(text.slice(0, COMPARED));
  const days = new Set(facts.filter((fact) => /^d\d{8}$/.test(fact)));
  const months = new Set([...days].map((day) => `m${day.slice(1, 7)}`));
  return new Set([...days, ...facts.filter((fact) => /^m\d{6}$/.test(fact) && !months.has(fact))]);
}

/** "Rechnung Nr. 2024-117", "Invoice no 88", "n° 12/2024", "Nummer: A-31". */
const LABELLED =
  /(?<!\p{L})(?:nr|no|num|nummer|number|numéro|número|numero|numer|n[°º]|№)(?!\p{L})[.:\s]{0,3}((?:\p{L}{1,4}[-/]?)?\d[\d/-]{0,30})/giu;

function numbersOf(text: string): Set<string> {
  return new Set([...text.slice(0, COMPARED).matchAll(LABELLED)].map(([, number]) => number!.toLowerCase()));
}

function wordsOf(text: string): Set<string> {
  return new Set(
    text
      .slice(0, COMPARED)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [],
  );
}
