import { escapeXml } from '../../core/escape-xml.ts';
import type { Colour } from './palette.ts';

/** How a text is set. Sizes in pixels; `anchor`: which of its ends stands at `x`. */
export interface TextStyle {
  readonly size: number;
  readonly fill: Colour;
  readonly bold?: boolean;
  readonly anchor?: 'start' | 'middle' | 'end';
}

/** One line of text on a baseline. */
export function textAt(x: number, y: number, { content, ...style }: TextStyle & { readonly content: string }): string {
  const { size, fill, bold = false, anchor = 'start' } = style;
  const weight = bold ? ' font-weight="bold"' : '';
  return `<text x="${round(x)}" y="${round(y)}" font-size="${size}" fill="${fill}"${weight} text-anchor="${anchor}">${escapeXml(content)}</text>`;
}

/** An element without content. Numbers are rounded to a tenth of a pixel; undefined attributes are left out. */
export function element(name: string, attributes: Readonly<Record<string, string | number | undefined>>): string {
  const written = Object.entries(attributes).flatMap(([key, value]) =>
    value === undefined ? [] : [` ${key}="${typeof value === 'number' ? round(value) : escapeXml(value)}"`],
  );
  return `<${name}${written.join('')}/>`;
}

/** A named part of the picture: what it is, for whoever reads its structure. */
export function group(id: string, parts: readonly string[]): string {
  return `<g id="${escapeXml(id)}">${parts.join('')}</g>`;
}

/** A whole document in the family that the renderer has. */
export function svgDocument(width: number, height: number, parts: readonly string[]): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" font-family="DejaVu Sans">${parts.join('')}</svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
