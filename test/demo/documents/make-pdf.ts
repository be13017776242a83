import type { Block } from './read-markdown.ts';

/** A4 in points; type sizes, leading and the space above each kind of block. */
const PAGE = { width: 595, height: 842, left: 70, right: 70, top: 90, bottom: 80 };
const STYLES = {
  title: { font: 'F2', size: 17, leading: 22, above: 0 },
  heading: { font: 'F2', size: 12.5, leading: 17, above: 16 },
  text: { font: 'F1', size: 10.5, leading: 15, above: 7 },
} as const;

/** Mean width of a Helvetica character, in parts of the type size; a little wide, so that no line leaves the page. */
const CHARACTER = 0.52;

/**
 * A real PDF with text (PDF 1.4, Helvetica, WinAnsi encoding; ISO 32000-1, chapters 7 and 9): one page per list of
 * blocks, with `footer` and the page's number below. Text beyond the bottom is the caller's mistake and throws.
 */
export function makePdf(pages: readonly (readonly Block[])[], footer: string): Uint8Array {
  const objects: string[] = [];
  const add = (body: string) => objects.push(body);
  const kids = pages.map((_, index) => `${5 + 2 * index} 0 R`).join(' ');
  add('<< /Type /Catalog /Pages 2 0 R >>');
  add(`<< /Type /Pages /Count ${pages.length} /Kids [${kids}] >>`);
  for (const font of ['Helvetica', 'Helvetica-Bold'])
    add(`<< /Type /Font /Subtype /Type1 /BaseFont /${font} /Encoding /WinAnsiEncoding >>`);
  for (const [index, blocks] of pages.entries()) {
    add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 ${PAGE.width} ${PAGE.height}] /Contents ${6 + 2 * index} 0 R ` +
        '/Resources << /Font << /F1 3 0 R /F2 4 0 R >> >> >>',
    );
    const content = pageContent(blocks, `${footer} - page ${index + 1} of ${pages.length}`);
    add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
  }
  return Buffer.from(withCrossReferences(objects), 'latin1');
}

function pageContent(blocks: readonly Block[], footer: string): string {
  let y = PAGE.height - PAGE.top;
  const parts: string[] = [];
  for (const { kind, text } of blocks) {
    const { font, size, leading, above } = STYLES[kind];
    y -= above;
    for (const line of wrapped(text, size)) {
      y -= leading;
      if (y < PAGE.bottom) throw new Error('the text does not fit on its page');
      parts.push(`BT /${font} ${size} Tf ${PAGE.left} ${y} Td ${literal(line)} Tj ET`);
    }
  }
  parts.push(`BT /F1 8 Tf ${PAGE.left} 45 Td ${literal(footer)} Tj ET`);
  return parts.join('\n');
}

function wrapped(text: string, size: number): string[] {
  const most = Math.floor((PAGE.width - PAGE.left - PAGE.right) / (size * CHARACTER));
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      if (line !== '' && line.length + 1 + word.length > most) {
        lines.push(line);
        line = '';
      }
      line = line === '' ? word : `${line} ${word}`;
    }
    lines.push(line);
  }
  return lines;
}

function literal(text: string): string {
  return `(${text.replace(/[\\()]/g, '\\$&')})`;
}

/** Numbers the objects and appends the table of their places. */
function withCrossReferences(objects: readonly string[]): string {
  let file = '%PDF-1.4\n';
  const places = objects.map((body, index) => {
    const place = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return `${String(place).padStart(10, '0')} 00000 n \n`;
  });
  const size = objects.length + 1;
  const table = `xref\n0 ${size}\n0000000000 65535 f \n${places.join('')}`;
  return `${file}${table}trailer\n<< /Size ${size} /Root 1 0 R >>\nstartxref\n${file.length}\n%%EOF\n`;
}
