import { SaxesParser } from 'saxes';
import { Refusal } from '../ingest/extractor.ts';

const CHUNK_BYTES = 1 << 16;
/** Deeper than any office program nests. */
const DEEPEST = 256;
/** A tree of this many elements takes most of the child's heap; a thousand pages have some hundred thousand. */
const MAX_NODES = 600_000;

/** Names come without their prefix ("w:p" is "p"). Attribute objects have no prototype; their names come with the prefix. */
export interface XmlHandlers {
  readonly open?: (name: string, attributes: Readonly<Record<string, string>>) => void;
  readonly close?: (name: string) => void;
  readonly text?: (text: string) => void;
}

/**
 * Reads XML from start to end without holding it. A document type is refused: no office format needs one, and entities
 * and outside references come through it. Throws an Error for what is not well-formed, Refusal for what is too deep.
 */
export function readXml(bytes: Uint8Array, { open, close, text }: XmlHandlers): void {
  const parser = new SaxesParser({ position: false });
  let depth = 0;
  parser.on('doctype', () => {
    throw new Refusal('file-damaged');
  });
  parser.on('opentag', ({ name, attributes }) => {
    if (++depth > DEEPEST) throw new Refusal('file-too-hard');
    open?.(localName(name), attributes as Record<string, string>);
  });
  parser.on('closetag', ({ name }) => {
    depth--;
    close?.(localName(name));
  });
  if (text) {
    parser.on('text', text);
    parser.on('cdata', text);
  }
  for (const chunk of chunksOf(bytes)) parser.write(chunk);
  parser.close();
}

function* chunksOf(bytes: Uint8Array): Generator<string> {
  const decoder = new TextDecoder(encodingOf(bytes));
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    yield decoder.decode(bytes.subarray(at, at + CHUNK_BYTES), { stream: true });
  }
  yield decoder.decode();
}

/** UTF-16 is allowed and hardly ever written; anything but Unicode has to be declared. */
function encodingOf(bytes: Uint8Array): string {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  const declared = /^(?:\xef\xbb\xbf)?\s*<\?xml[^>]*encoding\s*=\s*["']([\w-]+)["']/.exec(head)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(declared).encoding;
  } catch {
    return 'utf-8';
  }
}

/** Text of a part that is XML but read by other means, such as XHTML. Needs no table from disk, as the locked child has none. */
export function xmlText(bytes: Uint8Array): string {
  return new TextDecoder(encodingOf(bytes)).decode(bytes);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** An element with what it holds, in order. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: (XmlNode | string)[];
}

/** A whole XML document as a tree, for parts that are read out of order; the root is an element without a name. */
export function xmlTree(bytes: Uint8Array): XmlNode {
  const root: XmlNode = { name: '', attributes: {}, children: [] };
  const open = [root];
  let nodes = 0;
  readXml(bytes, {
    open(name, attributes) {
      if (++nodes > MAX_NODES) throw new Refusal('file-too-hard');
      const node = { name, attributes, children: [] };
      open.at(-1)!.children.push(node);
      open.push(node);
    },
    close() {
      open.pop();
    },
    text(text) {
      open.at(-1)!.children.push(text);
    },
  });
  return root;
}

/** The elements directly below a node, of one name when given. */
export function elementsOf(node: XmlNode, name?: string): XmlNode[] {
  return node.children.filter(
    (child): child is XmlNode => typeof child !== 'string' && (name === undefined || child.name === name),
  );
}

/** Every element of that name below a node, in the order of the document; not those inside of one another. */
export function findAll(node: XmlNode, name: string): XmlNode[] {
  return elementsOf(node).flatMap((child) => (child.name === name ? [child] : findAll(child, name)));
}

/** An attribute by its name without prefix; "" when it is not there. */
export function attribute(attributes: Readonly<Record<string, string>>, name: string): string {
  if (attributes[name] !== undefined) return attributes[name];
  for (const key in attributes) if (localName(key) === name) return attributes[key]!;
  return '';
}
