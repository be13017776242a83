/** Headings of a list of sources, ours (bot/wording) and those that models like: they stand alone in their line. */
const HEAD =
  /^(?:where i read (?:it|this|that)|wo ich (?:das|es) gelesen habe|(?:my |meine )?(?:sources?|references?|citations?|quellen?|belege|fuentes|fontes?|fonti|bronnen|źródła|kaynaklar|источники))$/iu;
/** A mark at the beginning of a line, with what lists and bold letters put before it. */
const MARKS_FIRST = /^([\s>*_#•–+-]*)((?:\[\d+\][\s,;]*)+)(.*)$/su;
/** What names a file or a page, as our lines of sources do. */
const PLACE =
  /\.(?:pdf|docx?|xlsx?|pptx?|od[tsp]|txt|md|html?|csv|eml|msg|ics|epub|jpe?g|png|tiff?)(?![\p{L}\p{N}])|[,(]\s*(?:page|pages|p\.|seiten?|s\.)\s*\d/iu;

/**
 * What a model said, without lines that look like the list of sources that the bot puts below an answer: nobody could tell
 * them apart. A mark that begins another line goes to its end, where the bot's own lines have none. Marks have the form [n].
 */
export function withoutOwnLook(text: string): string {
  return text
    .split('\n')
    .filter((line) => !HEAD.test(bareWords(line)))
    .flatMap((line) => {
      const [, lead, marks, rest] = MARKS_FIRST.exec(line) ?? [];
      if (lead === undefined || marks === undefined || rest === undefined) return [line];
      if (PLACE.test(rest)) return [];
      return [rest.trim() === '' ? line : `${lead}${rest.trimEnd()} ${marks.replace(/[\s,;]/g, '')}`];
    })
    .join('\n');
}

/** A line's words alone, one blank between them. */
function bareWords(line: string): string {
  return line
    .replace(/\[\d+\]/g, ' ')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}
