import { Refusal } from '../ingest/extractor.ts';
import { elementsOf, findAll, type XmlNode, xmlTree } from './xml.ts';
import { ZipParts } from './zip.ts';

const CONTENT = 'content.xml';
const MANIFEST = 'META-INF/manifest.xml';

/** Opens an OpenDocument archive. Throws Refusal `file-encrypted` for one behind a password, `file-damaged` without content. */
export function openOdf(bytes: Uint8Array, inflatedBytes?: number): ZipParts {
  const parts = new ZipParts(bytes, inflatedBytes);
  const manifest = parts.read(MANIFEST);
  if (manifest && Buffer.from(manifest).includes('encryption-data')) throw new Refusal('file-encrypted');
  if (!parts.has(CONTENT)) throw new Refusal('file-damaged');
  return parts;
}

/** The trees of content.xml and styles.xml (when there is one). */
export function odfTrees(parts: ZipParts): { content: XmlNode; styles: XmlNode | undefined } {
  const styles = parts.read('styles.xml');
  return { content: xmlTree(parts.need(CONTENT)), styles: styles && xmlTree(styles) };
}

/** The element of that name below `office:body`. Throws Refusal `file-damaged` when it is missing. */
export function odfBody(content: XmlNode, name: string): XmlNode {
  const body = findAll(content, 'body')[0];
  const found = body && elementsOf(body, name)[0];
  if (!found) throw new Refusal('file-damaged');
  return found;
}
