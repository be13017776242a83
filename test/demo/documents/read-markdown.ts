/** A title, a heading or a paragraph; lines within a paragraph are separated by "\n". */
export interface Block {
  readonly kind: 'title' | 'heading' | 'text';
  readonly text: string;
}

const PAGE_BREAK = '<!-- page -->';

/** The little Markdown that the demo's papers are written in: "# ", "## ", paragraphs, and page breaks. */
export function readMarkdown(markdown: string): Block[][] {
  return markdown.split(PAGE_BREAK).map((page) =>
    page
      .split(/\n{2,}/)
      .map((part) => part.trim())
      .filter((part) => part !== '')
      .map((part): Block => {
        if (part.startsWith('## ')) return { kind: 'heading', text: part.slice(3) };
        if (part.startsWith('# ')) return { kind: 'title', text: part.slice(2) };
        return { kind: 'text', text: part };
      }),
  );
}
