import { zipSync } from 'fflate';
import mammoth from 'mammoth';
import type { Extractor } from '../ingest/extractor.ts';
import { withMargins, withoutPageNumber } from '../page-margins.ts';
import { placeNotes } from './docx-notes.ts';
import { htmlText } from './html-text.ts';
import { mainPart, relationsOf } from './ooxml-file.ts';
import { elementsOf, type XmlNode, xmlTree } from './xml.ts';
import { ZipParts } from './zip.ts';

/**
 * Word documents: page headers (they hold the sender's address), then the body in order with headings, lists, tables, notes
 * and comments, then page footers. Word knows its pages only while it prints, so there is one.
 */
export const docx: Extractor = {
  kind: 'docx',
  async extract(bytes, sink) {
    const parts = new ZipParts(bytes);
    const main = mainPart(parts, 'word/document.xml');
    const buffer = Buffer.from(zipSync(xmlParts(parts), { level: 0 }));
    const { value } = await mammoth.convertToHtml({ buffer }, MAMMOTH_OPTIONS);
    const body = htmlText(placeNotes(value));
    const [above, below] = [marginsOf(parts, main, 'header'), marginsOf(parts, main, 'footer')];
    sink.page(null, withMargins({ above, text: body, below }));
  },
};

const MAMMOTH_OPTIONS = {
  externalFileAccess: false,
  includeEmbeddedStyleMap: false,
  styleMap: ["p[style-name='Title'] => h1:fresh", "p[style-name='Subtitle'] => h2:fresh", 'comment-reference => sup'],
  convertImage: mammoth.images.imgElement(async () => ({ src: '' })),
};

/** What is XML and of use; no pictures, no macros. */
function xmlParts(parts: ZipParts): Record<string, Uint8Array> {
  const found: Record<string, Uint8Array> = {};
  for (const name of parts.names) {
    if (!/^(?:\[Content_Types\]\.xml|(?:[\w-]+\/)*[\w.-]+\.(?:xml|rels)|_rels\/\.rels)$/.test(name)) continue;
    if (/^(?:customXml|docProps)\/|\/(?:theme|glossary)\/|stylesWithEffects|^__proto__$/.test(name)) continue;
    found[name] = parts.read(name)!;
  }
  return found;
}

/** Text of the page headers or footers, each once: a letterhead, not a running title on every page. */
function marginsOf(parts: ZipParts, main: string, type: 'header' | 'footer'): string {
  const texts = relationsOf(parts, main)
    .filter((relation) => relation.type === type)
    .map(({ target }) => {
      const part = parts.read(target);
      const lines = part ? [...paragraphsOf(xmlTree(part))].map(withoutPageNumber) : [];
      return lines.filter((line) => line !== '').join('\n');
    })
    .filter((text) => text !== '');
  return [...new Set(texts)].join('\n\n');
}

function* paragraphsOf(node: XmlNode): Generator<string> {
  for (const child of elementsOf(node)) {
    // A text box is written twice, for new and for old programs.
    if (child.name === 'Fallback') continue;
    if (child.name === 'p') yield runText(child).trim();
    else yield* paragraphsOf(child);
  }
}

function runText(node: XmlNode): string {
  let text = '';
  for (const child of elementsOf(node)) {
    if (child.name === 't') text += child.children.filter((piece) => typeof piece === 'string').join('');
    else if (child.name === 'tab') text += '\t';
    else if (child.name === 'br' || child.name === 'cr') text += '\n';
    else if (child.name === 'p') text += `\n${runText(child)}\n`;
    else if (!['Fallback', 'del', 'pPr', 'rPr', 'instrText'].includes(child.name)) text += runText(child);
  }
  return text;
}
