import type { Passage } from './document.ts';
import { endsInNames, plainRows } from './plain-rows.ts';
import { plainTimes } from './plain-times.ts';

/**
 * The text that is kept of a document, put together from its passages (in order): pages under their labels; where passages
 * overlap, the shared stretch comes once; rows of tables as they stand in the file. For `!export` and `!show`.
 */
export function documentText(passages: readonly Passage[]): string {
  let text = '';
  let page: string | null | undefined;
  let end = 0;
  for (const passage of passages) {
    if (passage.page !== page) {
      page = passage.page;
      end = 0;
      text += page === null ? '' : `${text === '' ? '' : '\n\n'}--- ${page} ---\n\n`;
    } else if (passage.start >= end) text += passage.start <= end + 1 && endsInNames(text) ? ' ' : '\n\n';
    // A passage whose text is not a plain cut of its page (a repeated table head) is shown whole.
    const isCut = passage.text.length === passage.end - passage.start;
    text += isCut ? passage.text.slice(Math.max(0, end - passage.start)) : passage.text;
    end = Math.max(end, passage.end);
  }
  return `${plainTimes(plainRows(text))}\n`;
}
