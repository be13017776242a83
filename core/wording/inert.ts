import { Markdown } from './markdown.ts';
import { quote } from './quote.ts';

/** The facts of a text with every string quoted, at any depth. An empty string stays empty: entries use it for "there is none". */
export function inert(value: unknown): unknown {
  if (typeof value === 'string') return value === '' ? '' : quote(value);
  if (value instanceof Markdown || typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inert);
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, inert(inner)]));
}
