/** A piece of a document as its extractor found it. Lists come as items that carry their mark; tables as the text of `tableText`. */
export interface TextBlock {
  readonly type: 'heading' | 'paragraph' | 'item' | 'table';
  readonly text: string;
  /** 1-6, of headings. */
  readonly level?: number;
}

/** Blocks as the text of a page: headings as Markdown headings, an empty line between blocks, none between the items of a list. */
export function blockText(blocks: readonly TextBlock[]): string {
  let text = '';
  let last: TextBlock | undefined;
  for (const block of blocks) {
    const own = textOf(block);
    if (own === '') continue;
    if (last) text += last.type === 'item' && block.type === 'item' ? '\n' : '\n\n';
    text += own;
    last = block;
  }
  return text;
}

function textOf({ type, text, level = 1 }: TextBlock): string {
  if (type !== 'heading') return type === 'item' ? text.trimEnd() : text.trim();
  const title = text.replace(/\s+/gu, ' ').trim();
  return title === '' ? '' : `${'#'.repeat(Math.min(Math.max(level, 1), 6))} ${title}`;
}
