import { strToU8, zipSync } from 'fflate';
import type { Block } from './read-markdown.ts';

const STYLE_NAMES = { title: 'Title', heading: 'Heading1', text: 'Normal' } as const;
const WORD = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const PACKAGE = 'http://schemas.openxmlformats.org/package/2006';
const OFFICE = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships';

/** A Word document (ECMA-376) with a title, headings and paragraphs. */
export function makeDocx(blocks: readonly Block[]): Uint8Array {
  const parts = {
    '[Content_Types].xml': xml(
      `<Types xmlns="${PACKAGE}/content-types">` +
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>' +
        '<Default Extension="xml" ContentType="application/xml"/>' +
        `<Override PartName="/word/document.xml" ContentType="${contentType('document.main')}"/>` +
        `<Override PartName="/word/styles.xml" ContentType="${contentType('styles')}"/></Types>`,
    ),
    '_rels/.rels': relations(`${OFFICE}/officeDocument`, 'word/document.xml'),
    'word/_rels/document.xml.rels': relations(`${OFFICE}/styles`, 'styles.xml'),
    'word/styles.xml': xml(`<w:styles xmlns:w="${WORD}">${styles()}</w:styles>`),
    'word/document.xml': xml(
      `<w:document xmlns:w="${WORD}"><w:body>${blocks.map(paragraph).join('')}</w:body></w:document>`,
    ),
  };
  return zipSync(parts);
}

function contentType(part: string): string {
  return `application/vnd.openxmlformats-officedocument.wordprocessingml.${part}+xml`;
}

function relations(type: string, target: string): Uint8Array {
  return xml(
    `<Relationships xmlns="${PACKAGE}/relationships"><Relationship Id="r1" Type="${type}" Target="${target}"/></Relationships>`,
  );
}

function styles(): string {
  const names = { Title: 'Title', Heading1: 'heading 1', Normal: 'Normal' };
  return Object.entries(names)
    .map(([id, name]) => `<w:style w:type="paragraph" w:styleId="${id}"><w:name w:val="${name}"/></w:style>`)
    .join('');
}

function paragraph({ kind, text }: Block): string {
  const style = `<w:pPr><w:pStyle w:val="${STYLE_NAMES[kind]}"/></w:pPr>`;
  return `<w:p>${style}<w:r><w:t xml:space="preserve">${escaped(text.replaceAll('\n', ' '))}</w:t></w:r></w:p>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function xml(body: string): Uint8Array {
  return strToU8(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n${body}`);
}
