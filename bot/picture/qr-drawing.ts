import QRCode from 'qrcode';
import { element, svgDocument } from './svg.ts';

/** Pixels of one dot, and how many dots of nothing a camera needs around (ISO/IEC 18004). */
const DOT = 16;
const MARGIN = 4;

/** A QR code as an SVG document: black on white, whatever the theme of the app, since not every camera reads it the other way round. */
export function qrDrawing(text: string): string {
  const { size, data } = QRCode.create(text, { errorCorrectionLevel: 'M' }).modules;
  const width = (size + 2 * MARGIN) * DOT;
  const dots: string[] = [];
  for (const [at, isDark] of data.entries()) {
    if (!isDark) continue;
    const [x, y] = [(MARGIN + (at % size)) * DOT, (MARGIN + Math.floor(at / size)) * DOT];
    dots.push(`M${x} ${y}h${DOT}v${DOT}h-${DOT}z`);
  }
  return svgDocument(width, width, [
    element('rect', { x: 0, y: 0, width, height: width, fill: '#ffffff' }),
    element('path', { d: dots.join(''), fill: '#000000', 'shape-rendering': 'crispEdges' }),
  ]);
}
