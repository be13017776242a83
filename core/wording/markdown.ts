/** A text that is Markdown of ours already (one of our own sentences, a usage line); `say` puts it in as it is. */
export class Markdown {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }
}

/** A fixed word of ours (a command, a usage line) as a code span; never for text from outside, which `quote` and `documentCode` handle. */
export function code(word: string): Markdown {
  return new Markdown(`\`${word}\``);
}

/**
 * A link or an address out of a document as a code span, in which clients see none. Two marks on each side: by them the plain body, where
 * clients would, knows it from words of ours, which people copy (bot/matrix/message-content.ts). Without a backtick in it.
 */
export function documentCode(address: string): string {
  return `\`\`${address}\`\``;
}

const MARKS = /\\([\\`*_[\]<>~|&.)#+=:-])|\*\*|`/g;

/**
 * The catalogue's Markdown with its marks (bold and code) replaced by what `onMark` gives, and its escapes undone. Lists
 * stay as they are, and so do the joiners that keep names from becoming mentions.
 */
export function replaceMarks(markdown: string, onMark: (mark: '**' | '`') => string): string {
  return markdown.replace(MARKS, (mark, escaped?: string) => escaped ?? onMark(mark as '**' | '`'));
}

/** The catalogue's Markdown as plain text: what notifications show, and terminals without colours. */
export function plainText(markdown: string): string {
  return replaceMarks(markdown, () => '');
}
