import { createRequire } from 'node:module';
import { buffer } from 'node:stream/consumers';
import { Resvg } from '@resvg/resvg-js';
import { palettePng } from './palette-png.ts';

// Reads an SVG document from stdin and writes a PNG to stdout. Started by draw-png.ts: drawing takes a fifth of a second and
// some 100 MB, which the bot would neither wait for nor get back.
const { resolve } = createRequire(import.meta.url);
const fontFiles = ['DejaVuSans', 'DejaVuSans-Bold'].map((name) => resolve(`dejavu-fonts-ttf/ttf/${name}.ttf`));
const svg = await buffer(process.stdin);
const image = new Resvg(svg, {
  font: { loadSystemFonts: false, fontFiles, defaultFontFamily: 'DejaVu Sans' },
  logLevel: 'off',
}).render();
process.stdout.write(palettePng(image.pixels, image));
