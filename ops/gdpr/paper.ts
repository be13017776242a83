import type { GdprFacts } from './facts.ts';

/** The papers, in the order in which they are written. */
export const PAPERS = ['record', 'assessment', 'notice'] as const;
export type PaperName = (typeof PAPERS)[number];

/** One language's papers: the name of each file, and its text as Markdown. */
export type Papers = Readonly<
  Record<PaperName, { readonly file: string; readonly text: (facts: GdprFacts) => string }>
>;

/** A table of Markdown. Bars inside of cells are escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

/** A list of Markdown; `none` where there is nothing. */
export function bullets(items: readonly string[], none: string): string {
  return items.length === 0 ? none : items.map((item) => `- ${item}`).join('\n');
}

/** Titled parts as one paper, parted by empty lines. */
export function paper(title: string, parts: readonly (readonly [heading: string, text: string])[]): string {
  return `${[`# ${title}`, ...parts.map(([heading, text], at) => (heading === '' ? text : `## ${at}. ${heading}\n\n${text}`))].join('\n\n')}\n`;
}
