/** A stretch of a text: UTF-16 offsets, end exclusive. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

/** Intl.Segmenter is fast only on short texts: 10 MB/s in windows of this size, out of memory on half a megabyte at once. */
const WINDOW = 4096;

const SEGMENTER = new Intl.Segmenter('en', { granularity: 'sentence' });

/** Abbreviations of German and English after which a sentence goes on; and figures ("10. März", "§ 3. Absatz"). */
const GOES_ON =
  /(?:^|[\s(„"'/])(?:\p{L}|\d{1,3}|[ivxIVX]{1,5}|Abs|Abt|Anm|Art|Aufl|Bd|Best|Betr|Bez|Bhf|Dipl|Dr|Fa|Fam|Hbf|Hr|Hrn|Hrsg|Ing|Jh|Kap|Kfm|Kto|Nr|Prof|Pos|Rd|S|St|Std|Str|Tel|Ziff|Zi|bzw|bzgl|ca|dgl|d\.\s?h|einschl|evtl|exkl|gem|geb|ggf|habil|jur|med|phil|rer|nat|inkl|lt|max|mind|min|mtl|sog|str|tel|u\.\s?a|usf|vgl|z\.\s?B|zzgl|zzt|Capt|Co|Corp|Dept|Ext|Fig|Gen|Gov|Hon|Inc|Jr|Ltd|Mr|Mrs|Ms|Mt|No|Nos|Rev|Sen|Sgt|Sr|Ste|approx|art|cf|dept|e\.\s?g|eg|est|etc|ext|i\.\s?e|incl|no|nos|p|para|pp|resp|tel|viz|vs)\.\s*$/iu;

/**
 * The sentences of a stretch of text, in order; together they hold every character but blanks. Line breaks inside are
 * taken as blanks, because lines of a PDF end anywhere. Linear in the length of the stretch, whatever it holds.
 */
export function* sentencesOf(text: string, { start, end }: Range): Generator<Range> {
  let open: number | undefined;
  for (const piece of segmentsOf(text, { start, end })) {
    const from = open ?? piece.start;
    // The tail is enough to see an abbreviation.
    const tail = text.slice(Math.max(from, piece.end - 24), piece.end);
    if (piece.end < end && piece.end - from < WINDOW && GOES_ON.test(tail)) {
      open = from;
      continue;
    }
    open = undefined;
    const sentence = trimRange(text, { start: from, end: piece.end });
    if (sentence) yield sentence;
  }
  if (open !== undefined) {
    const rest = trimRange(text, { start: open, end });
    if (rest) yield rest;
  }
}

function* segmentsOf(text: string, { start, end }: Range): Generator<Range> {
  let at = start;
  while (at < end) {
    const stop = safeCut(text, Math.min(end, at + WINDOW), at);
    const window = text.slice(at, stop).replace(/\s/g, ' ');
    const pieces: Range[] = [];
    for (const { index, segment } of SEGMENTER.segment(window))
      pieces.push({ start: at + index, end: at + index + segment.length });
    // The last sentence may go on behind the window: it is looked at again, unless that would give up too little ground.
    const last = pieces.at(-1)!;
    const again = stop < end && last.start - at > WINDOW / 2;
    if (again) pieces.pop();
    yield* pieces;
    at = again ? last.start : stop;
  }
}

/** `range` without blanks at both ends; undefined when nothing is left. */
export function trimRange(text: string, { start, end }: Range): Range | undefined {
  let from = start;
  let to = end;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return from < to ? { start: from, end: to } : undefined;
}

/** A place at or before `at` (and behind `floor`) that does not part a surrogate pair. */
export function safeCut(text: string, at: number, floor: number): number {
  const code = text.charCodeAt(at);
  return at < text.length && at - 1 > floor && code >= 0xdc00 && code <= 0xdfff ? at - 1 : at;
}

/** What `trim` removes. */
export function isBlank(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 9 && code <= 13);
  return code === 0xa0 || (code >= 0x1680 && /\s/.test(String.fromCharCode(code)));
}
