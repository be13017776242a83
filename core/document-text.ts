import type { Passage } from './document.ts';

/**
 * Puts a document's text together again from its passages (in order), which overlap a little: each adds only what lies
 * behind the end of the one before on its page. Pages are separated by a line with their label.
 */
export function documentText(passages: readonly Passage[]): string {
  let text = '';
  let page: string | null | undefined;
  let end = 0;
  for (const passage of passages) {
    if (page !== passage.page) {
      if (page !== undefined) text += '\n\n';
      if (passage.page !== null) text += `--- ${passage.page} ---\n\n`;
      page = passage.page;
      end = 0;
    }
    if (passage.start > end && end > 0) text += '\n\n';
    text += passage.text.slice(Math.max(0, end - passage.start));
    end = Math.max(end, passage.end);
  }
  return `${text}\n`;
}
