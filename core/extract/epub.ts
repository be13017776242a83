import { type Extractor, Refusal } from '../ingest/extractor.ts';
import { htmlText } from './html-text.ts';
import { attribute, findAll, type XmlNode, xmlText, xmlTree } from './xml.ts';
import { ZipParts } from './zip.ts';

const CONTAINER = 'META-INF/container.xml';

/** Books: their chapters in reading order on one page, because printed pages are unknown; headings are what tells places apart. */
export const epub: Extractor = {
  kind: 'epub',
  extract(bytes, sink) {
    const parts = new ZipParts(bytes);
    // Fonts may be scrambled without the book being locked; rights are only there when it is.
    if (parts.has('META-INF/rights.xml') || parts.has('META-INF/sinf.xml')) throw new Refusal('file-encrypted');
    const { about, spine } = bookOf(parts);
    const texts = spine.map((name) => {
      const part = parts.read(name);
      return part === undefined ? '' : chapterText(xmlText(part));
    });
    sink.page(null, [about, ...texts].filter((text) => text !== '').join('\n\n'));
  },
};

/** Title and author, and the names of the parts to read, in order (EPUB 3.3, section 5). The list of contents only repeats headings. */
function bookOf(parts: ZipParts): { about: string; spine: string[] } {
  const root = findAll(xmlTree(parts.need(CONTAINER)), 'rootfile')[0];
  const path = decoded(attribute(root?.attributes ?? {}, 'full-path'));
  const book = xmlTree(parts.need(path));
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const items = new Map(findAll(book, 'item').map(({ attributes }) => [attribute(attributes, 'id'), attributes]));
  const spine = findAll(book, 'itemref').flatMap(({ attributes }) => {
    const item = items.get(attribute(attributes, 'idref'));
    if (!item || /\bnav\b/.test(attribute(item, 'properties'))) return [];
    return [placeOf(folder + decoded(attribute(item, 'href').split('#')[0]!))];
  });
  const about = ['title', 'creator'].flatMap((name) => findAll(book, name).map(lineOf)).filter((line) => line !== '');
  return { about: about.join(', '), spine };
}

function lineOf(node: XmlNode): string {
  return node.children
    .filter((child) => typeof child === 'string')
    .join('')
    .replace(/\s+/gu, ' ')
    .trim();
}

function placeOf(path: string): string {
  const steps: string[] = [];
  for (const step of path.split('/')) {
    if (step === '..') steps.pop();
    else if (step !== '.') steps.push(step);
  }
  return steps.join('/');
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** The title in a chapter's head repeats its heading or the book's name. */
function chapterText(html: string): string {
  return htmlText(html.replace(/<title\b[^>]*>[^<]*<\/title>/i, ''));
}
