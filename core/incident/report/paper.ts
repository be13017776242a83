/** A piece of a paper. Text between `[[` and `]]` is for a human to fill in, and stands out. */
export type Block =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly head: readonly string[]; readonly rows: readonly (readonly string[])[] };

/** A paper in parts, before it becomes Markdown or HTML. */
export interface Paper {
  readonly language: string;
  readonly title: string;
  readonly parts: readonly { readonly heading: string; readonly blocks: readonly Block[] }[];
}

/** The paper as Markdown. */
export function paperMarkdown({ title, parts }: Paper): string {
  const bodies = parts.map(({ heading, blocks }, index) =>
    [`## ${index + 1}. ${heading}`, ...blocks.map(markdownOf)].join('\n\n'),
  );
  return `${[`# ${title}`, ...bodies].join('\n\n')}\n`;
}

function markdownOf(block: Block): string {
  const text = (given: string) => given.replaceAll('[[', '**[').replaceAll(']]', ']**');
  if (block.kind === 'text') return text(block.text);
  if (block.kind === 'list') return block.items.map((item) => `- ${text(item)}`).join('\n');
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => text(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(block.head), line(block.head.map(() => '---')), ...block.rows.map(line)].join('\n');
}

const STYLE =
  'body{font:16px/1.5 sans-serif;max-width:50em;margin:1em auto;padding:0 1em}table{border-collapse:collapse;font-size:14px}td,th{border:1px solid #999;padding:2px 6px;text-align:left;overflow-wrap:anywhere}mark{background:#fd6}';

/** The paper as one HTML page that loads nothing. */
export function paperHtml({ language, title, parts }: Paper): string {
  const bodies = parts.map(
    ({ heading, blocks }, index) => `<h2>${index + 1}. ${escaped(heading)}</h2>\n${blocks.map(htmlOf).join('\n')}`,
  );
  return `<!doctype html>
<html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(title)}</title><style>${STYLE}</style></head>
<body><h1>${escaped(title)}</h1>
${bodies.join('\n')}
</body></html>
`;
}

function htmlOf(block: Block): string {
  const text = (given: string) => escaped(given).replaceAll('[[', '<mark>[').replaceAll(']]', ']</mark>');
  if (block.kind === 'text') return `<p>${text(block.text)}</p>`;
  if (block.kind === 'list') return `<ul>${block.items.map((item) => `<li>${text(item)}</li>`).join('')}</ul>`;
  const row = (cells: readonly string[], tag: string) =>
    `<tr>${cells.map((cell) => `<${tag}>${text(cell)}</${tag}>`).join('')}</tr>`;
  return `<table>${row(block.head, 'th')}${block.rows.map((cells) => row(cells, 'td')).join('')}</table>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
