import { foldText } from '../ask/fold-text.ts';

/** A stretch of capitalised words, with what stands around it in its line: "for |Emma Meier|, born". */
interface NamedPlace {
  readonly around: string;
  readonly words: readonly string[];
}

/** Behind these a single capitalised word is a person's name as well. In the forms of `foldText`. */
const BEFORE_A_NAME = new Set(
  `dear for name child pupil student patient mr mrs ms miss dr liebe lieber fur kind schuler schulerin frau herr herrn cher chere pour
   enfant eleve madame monsieur querido querida para nombre nino nina senor senora caro cara per nome bambino bambina signor signora
   beste voor naam mevrouw meneer leerling drogi droga dla imie dziecko pan pani sayin icin adi ogrenci nome aluno aluna senhor senhora`.split(
    /\s+/,
  ),
);

const TOKEN = /\p{L}[\p{L}\p{M}'’-]*|\d[\d.,:/-]*|[^\s\p{L}\p{N}]/gu;
const CAPITALISED = /^\p{Lu}/u;
const EDGE = '^';

/** Beyond that a text is long enough to be known by its beginning. */
const COMPARED = 200_000;

/**
 * True when two texts have different names of people in the same place, as a form letter has: "for Emma Meier, born" and "for
 * Paul Meier, born". A name is two capitalised words or more, or one behind "Dear", "Frau" and the like, of which each text has a
 * word that the other lacks. Lists of people are no form: a row's first cell does not count. For core/ingest/same-paper.ts.
 */
export function hasOtherNames(one: string, other: string): boolean {
  const [a, b] = [namedPlaces(one), namedPlaces(other)];
  const [inA, inB] = [wordsIn(one), wordsIn(other)];
  const onlyInB = new Set(b.filter(({ words }) => words.some((word) => !inA.has(word))).map(({ around }) => around));
  return a.some(({ around, words }) => onlyInB.has(around) && words.some((word) => !inB.has(word)));
}

function namedPlaces(text: string): NamedPlace[] {
  return text
    .slice(0, COMPARED)
    .split('\n')
    .flatMap((line) => [...placesInLine(line)]);
}

function* placesInLine(line: string): Generator<NamedPlace> {
  const tokens = line.match(TOKEN) ?? [];
  const isRow = line.includes(' | ');
  for (let from = 0; from < tokens.length; from++) {
    let to = from;
    while (to < tokens.length && CAPITALISED.test(tokens[to]!)) to++;
    if (to === from) continue;
    const before = wordBefore(tokens, from);
    const isName = to - from > 1 || BEFORE_A_NAME.has(before);
    const after = kindOf(tokens[to]);
    const isAlone = before === EDGE && (isRow || after === EDGE);
    if (isName && !isAlone) yield { around: `${before} ${after}`, words: tokens.slice(from, to).map(foldText) };
    from = to;
  }
}

/** Past the signs between a label and what it labels: "Name: Emma". */
function wordBefore(tokens: readonly string[], at: number): string {
  for (let before = at - 1; before >= 0; before--)
    if (/[\p{L}\p{N}]/u.test(tokens[before]!)) return kindOf(tokens[before]);
  return EDGE;
}

/** Numbers are alike: the day of birth behind another child's name is another one. */
function kindOf(token: string | undefined): string {
  if (token === undefined) return EDGE;
  return /^\d/.test(token) ? '0' : foldText(token);
}

function wordsIn(text: string): Set<string> {
  return new Set((text.slice(0, COMPARED).match(TOKEN) ?? []).map(foldText));
}
