import type { PaperSource } from './paper-source.ts';

const SPACES = ['office', 'style', 'text', 'table', 'presentation']
  .map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`)
  .concat('xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"')
  .concat('xmlns:fo="urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0"')
  .concat('xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0"')
  .join(' ');

/** A paper as one flat OpenDocument file (OASIS ODF 1.2, part 1), which LibreOffice turns into any other office format. */
export function flatOffice(paper: PaperSource): { xml: string; ending: string } {
  if (paper.format === 'xlsx' || paper.format === 'ods')
    return { ending: 'fods', xml: whole('spreadsheet', '', sheets(paper)) };
  if (paper.format === 'pptx') return { ending: 'fodp', xml: whole('presentation', '', slides(paper)) };
  return { ending: 'fodt', xml: whole('text', textStyles(paper), textBody(paper)) };
}

function whole(kind: string, styles: string, body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<office:document ${SPACES} office:version="1.2" office:mimetype="application/vnd.oasis.opendocument.${kind}">
${styles}<office:body><office:${kind}>${body}</office:${kind}></office:body></office:document>`;
}

function textStyles({ settings }: PaperSource): string {
  const line = (where: 'header' | 'footer') => {
    const text = settings.get(where);
    return text ? `<style:${where}><text:p>${xmlText(text)}</text:p></style:${where}>` : '';
  };
  const heading = (level: number) =>
    `<style:style style:name="Heading_20_${level}" style:display-name="Heading ${level}" style:family="paragraph">
<style:text-properties fo:font-size="${16 - 2 * level}pt" fo:font-weight="bold"/></style:style>`;
  return `<office:styles><style:default-style style:family="paragraph"><style:paragraph-properties fo:margin-bottom="0.12cm"/>
<style:text-properties style:font-name="DejaVu Serif" fo:font-family="DejaVu Serif" fo:font-size="9pt"/></style:default-style>
${heading(1)}${heading(2)}${heading(3)}</office:styles>
<office:automatic-styles><style:page-layout style:name="pm"><style:page-layout-properties fo:page-width="21cm" fo:page-height="29.7cm"
fo:margin="2cm"/><style:header-style/><style:footer-style/></style:page-layout>
<style:style style:name="break" style:family="paragraph"><style:paragraph-properties fo:break-before="page"/></style:style>
<style:style style:name="columns" style:family="section"><style:section-properties>
<style:columns fo:column-count="2" fo:column-gap="0.7cm"/></style:section-properties></style:style></office:automatic-styles>
<office:master-styles><style:master-page style:name="Standard" style:page-layout-name="pm">${line('header')}${line('footer')}
</style:master-page></office:master-styles>`;
}

function textBody({ pages, settings }: PaperSource): string {
  const columns = settings.get('columns') === '2';
  return pages
    .map(({ text }, i) => {
      const flow = blocks(text);
      const section = `<text:section text:style-name="columns" text:name="s${i}">${flow}</text:section>`;
      return (i > 0 ? '<text:p text:style-name="break"/>' : '') + (columns ? section : flow);
    })
    .join('\n');
}

/** Headings (`#`), table rows (`|`), list items (`-`) and paragraphs; a single line end in a paragraph stays one. */
function blocks(text: string): string {
  let tables = 0;
  return text
    .split(/\n\s*\n/)
    .map((block) => {
      const heading = /^(#+) (.*)$/s.exec(block);
      if (heading) {
        const level = heading[1]!.length;
        return `<text:h text:style-name="Heading_20_${level}" text:outline-level="${level}">${xmlText(heading[2]!)}</text:h>`;
      }
      if (block.startsWith('|')) return table(rowsOf(block), `t${tables++}`);
      const lines = block.split('\n').map((line) => `<text:p>${xmlText(line.replace(/^- /, '• '))}</text:p>`);
      return block.startsWith('- ')
        ? lines.join('')
        : `<text:p>${xmlText(block).replaceAll('\n', '<text:line-break/>')}</text:p>`;
    })
    .join('\n');
}

function table(rows: readonly string[][], name: string): string {
  const cells = (row: readonly string[]) =>
    row.map(
      (cell) => `<table:table-cell office:value-type="string"><text:p>${xmlText(cell)}</text:p></table:table-cell>`,
    );
  const lines = rows.map((row) => `<table:table-row>${cells(row).join('')}</table:table-row>`);
  const columns = `<table:table-column table:number-columns-repeated="${Math.max(...rows.map((row) => row.length))}"/>`;
  return `<table:table table:name="${xmlText(name)}">${columns}${lines.join('')}</table:table>`;
}

function sheets({ pages }: PaperSource): string {
  return pages.map(({ name, text }) => table(rowsOf(text), name ?? 'Sheet1')).join('\n');
}

/** A slide's first line is its title; lines behind `Notes:` are the speaker's. */
function slides({ pages }: PaperSource): string {
  const frame = (y: number, text: string) =>
    `<draw:frame svg:x="2cm" svg:y="${y}cm" svg:width="24cm" svg:height="3cm"><draw:text-box>${text
      .split('\n')
      .map((line) => `<text:p>${xmlText(line.replace(/^- /, ''))}</text:p>`)
      .join('')}</draw:text-box></draw:frame>`;
  return pages
    .map(({ text }, i) => {
      const [shown = '', notes] = text.split(/^Notes: /m);
      const [title = '', ...rest] = shown.trim().split('\n');
      const spoken = notes ? `<presentation:notes>${frame(15, notes.trim())}</presentation:notes>` : '';
      return `<draw:page draw:name="p${i + 1}">${frame(1, title)}${frame(5, rest.join('\n').trim())}${spoken}</draw:page>`;
    })
    .join('\n');
}

function rowsOf(text: string): string[][] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) =>
      line
        .replace(/^\||\|\s*$/g, '')
        .split('|')
        .map((cell) => cell.trim()),
    );
}

function xmlText(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
