/** A note's number in the text, as mammoth writes it. */
const MARK = /<sup><a href="#((?:footnote|endnote|comment)-[^"]*)"[^>]*>([^<]*)<\/a><\/sup>/.source;
const NOTE = /<li id="((?:footnote|endnote)-[^"]*)">(.*?)<\/li>|<dt id="(comment-[^"]*)">[^<]*<\/dt><dd>(.*?)<\/dd>/gs;
const BACK_LINK = /<a href="#[^"]*">↑<\/a>/g;
const STEPS = new RegExp(`${MARK}|<table\\b|</table>|</(?:p|h[1-6]|li)>`, 'g');

/**
 * Takes footnotes, endnotes and comments from the end of mammoth's HTML and puts each behind the paragraph or table that it
 * belongs to. Their numbers go with them, so that sentences stay whole.
 */
export function placeNotes(html: string): string {
  const notes = new Map<string, string>();
  const body = html.replace(NOTE, (_, id, text, commentId, comment) => {
    notes.set(id ?? commentId, (text ?? comment).replace(BACK_LINK, '').replace(/<[^>]+>/g, ' '));
    return '';
  });
  if (notes.size === 0) return html;
  let tables = 0;
  let open: string[] = [];
  const placed = body.replace(STEPS, (step, id: string | undefined, mark: string | undefined) => {
    if (id !== undefined) {
      open.push(`<p>${mark} ${notes.get(id) ?? ''}</p>`);
      return '';
    }
    if (step === '<table') tables++;
    else if (step === '</table>') tables--;
    if (step === '<table' || tables > 0 || open.length === 0) return step;
    const told = open.join('');
    open = [];
    return step === '</li>' ? told + step : step + told;
  });
  return placed + open.join('');
}
