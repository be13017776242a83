import { SaxesParser } from 'saxes';

/** An element of an answer, with its text and its children in order. */
export interface XmlElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly XmlElement[];
}

interface Growing extends XmlElement {
  text: string;
  readonly children: Growing[];
}

/** A page of a list has a thousand names, each with a dozen facts. */
const MOST_ELEMENTS = 100_000;

/** Reads a whole XML document; throws when it has far more elements than any answer of ours, ends in the middle or is none, so that a list that was cut is no shorter list. */
export function readXml(source: string): XmlElement {
  const parser = new SaxesParser();
  const open: Growing[] = [{ name: '', text: '', children: [] }];
  let elements = 0;
  parser.on('opentag', ({ name }) => {
    if (++elements > MOST_ELEMENTS) throw new Error('an XML document with too many elements');
    const element: Growing = { name, text: '', children: [] };
    open.at(-1)!.children.push(element);
    open.push(element);
  });
  parser.on('text', (text) => {
    open.at(-1)!.text += text;
  });
  parser.on('closetag', () => void open.pop());
  parser.on('error', (error) => {
    throw error;
  });
  parser.write(source).close();
  const root = open[0]!.children[0];
  if (root === undefined || open.length !== 1) throw new Error('an XML document without its end');
  return root;
}

/** Text of the first child of that name; undefined when there is none. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}

/** All children of that name. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}
