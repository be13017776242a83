import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';
import { Resvg } from '@resvg/resvg-js';
import { palettePng } from './palette-png.ts';

// Reads an SVG document from stdin and writes a PNG to stdout. Started by draw-png.ts: drawing takes a fifth of a second and
// some 100 MB, which the bot would neither wait for nor get back.
const { resolve } = createRequire(import.meta.url);
const fontFiles = ['DejaVuSans', 'DejaVuSans-Bold'].map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
const svg = await text(process.stdin);
// The library would read files that a document names. Ours name none.
if (/<image|<!|href/i.test(svg)) process.exit(1);
const image = new Resvg(svg, {
  font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' },
  logLevel: 'off',
}).render();
process.stdout.write(palettePng(image.pixels, image));
