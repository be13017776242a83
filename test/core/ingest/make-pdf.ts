import { deflateSync } from 'node:zlib';

/** Small real PDFs, byte by byte: Helvetica, one text line per entry, pages in order. */

/** A PDF with text; letters must fit Windows-1252. A page without lines stays blank. */
export function makePdf(pages: readonly (readonly string[])[]): Buffer {
  return assemble(pages.map((lines) => ({ content: textContent(lines), resources: '/Font<</F 3 0 R>>' })));
}

/** A page of placed texts with annotations: each the inside of its dictionary, its place included. `fields` counts those that belong to the form. */
export function makeAnnotatedPdf(texts: readonly PlacedText[], annotations: readonly string[], fields: number): Buffer {
  const first = 6;
  const references = annotations.map((_, at) => `${first + at} 0 R`);
  const content = texts.map(({ x, y, text }) => `BT /F 11 Tf ${x} ${y} Td (${escaped(text)}) Tj ET`).join('\n');
  return serialize([
    `<</Type/Catalog/Pages 2 0 R/AcroForm<</Fields[${references.slice(0, fields).join(' ')}]/DA(/F 11 Tf 0 g)>>>>`,
    '<</Type/Pages/Kids[4 0 R]/Count 1>>',
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
    `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F 3 0 R>>>>/Annots[${references.join(' ')}]>>`,
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
    ...annotations.map((inside) => `<</Type/Annot${inside}>>`),
  ]);
}

/** A PDF whose pages are one picture each, as scanners make them. */
export function makeScan(pageCount: number): Buffer {
  const picture = 'q 500 0 0 700 50 50 cm BI /W 1 /H 1 /CS /G /BPC 8 /F /AHx ID 80> EI Q';
  return assemble(Array.from({ length: pageCount }, () => ({ content: picture, resources: '' })));
}

/** A text at a place of an A4 page, in points from its lower left corner. */
export interface PlacedText {
  readonly x: number;
  readonly y: number;
  readonly size?: number;
  readonly text: string;
}

/** A PDF whose texts stand where they are put, drawn in the order given. */
export function makePlacedPdf(pages: readonly (readonly PlacedText[])[]): Buffer {
  return assemble(
    pages.map((texts) => ({
      content: texts
        .map(({ x, y, size = 11, text }) => `BT /F ${size} Tf ${x} ${y} Td (${escaped(text)}) Tj ET`)
        .join('\n'),
      resources: '/Font<</F 3 0 R>>',
    })),
  );
}

/**
 * The same in any script: glyphs of half their height, drawn from left to right as they are seen, each standing for the
 * character given (so text that is read from the right has to be given turned around).
 */
export function makeGlyphPdf(texts: readonly PlacedText[]): Buffer {
  const known = [...new Set(texts.flatMap(({ text }) => [...text]))];
  const hex = (code: number) => code.toString(16).padStart(4, '0');
  const map = known.map((char, at) => `<${hex(at + 1)}> <${Buffer.from(char, 'utf16le').swap16().toString('hex')}>`);
  const cmap = `/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def
1 begincodespacerange <0000> <ffff> endcodespacerange ${map.length} beginbfchar\n${map.join('\n')}\nendbfchar endcmap end end`;
  const content = texts
    .map(({ x, y, size = 11, text }) => {
      const glyphs = [...text].map((char) => hex(known.indexOf(char) + 1)).join('');
      return `BT /F ${size} Tf ${x} ${y} Td <${glyphs}> Tj ET`;
    })
    .join('\n');
  return serialize([
    '<</Type/Catalog/Pages 2 0 R>>',
    '<</Type/Pages/Kids[4 0 R]/Count 1>>',
    '<</Type/Font/Subtype/Type0/BaseFont/Glyphs/Encoding/Identity-H/DescendantFonts[6 0 R]/ToUnicode 7 0 R>>',
    '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 5 0 R/Resources<</Font<</F 3 0 R>>>>>>',
    `<</Length ${content.length}>>stream\n${content}\nendstream`,
    '<</Type/Font/Subtype/CIDFontType2/BaseFont/Glyphs/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>/DW 500/FontDescriptor 8 0 R>>',
    `<</Length ${cmap.length}>>stream\n${cmap}\nendstream`,
    '<</Type/FontDescriptor/FontName/Glyphs/Flags 4/FontBBox[0 -200 1000 800]/ItalicAngle 0/Ascent 800/Descent -200/CapHeight 700/StemV 80>>',
  ]);
}

/** Grey pixels, row by row from the top left. */
export interface GreyPicture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint8Array;
}

/** A PDF with one page per picture, each as large as an A4 page; a string makes a page with that text. */
export function makeScanOf(pages: readonly (GreyPicture | string)[], rotate = 0): Buffer {
  return assemble(
    pages.map((page) => {
      if (typeof page === 'string') return { content: textContent([page]), resources: '/Font<</F 3 0 R>>' };
      const data = deflateSync(page.pixels).toString('hex');
      const picture = `BI /W ${page.width} /H ${page.height} /CS /G /BPC 8 /F [/AHx /Fl] ID ${data}> EI`;
      return { content: `q 595 0 0 842 0 0 cm ${picture} Q`, resources: '', rotate };
    }),
  );
}

interface PageSource {
  readonly content: string;
  readonly resources: string;
  readonly rotate?: number;
}

function escaped(text: string): string {
  return text.replace(/[\\()]/g, '\\$&');
}

function textContent(lines: readonly string[]): string {
  const shown = lines.map((line) => `(${escaped(line)}) Tj T*`);
  return `BT /F 11 Tf 14 TL 50 780 Td ${shown.join('\n')} ET`;
}

function assemble(pages: readonly PageSource[]): Buffer {
  const first = 4;
  const kids = pages.map((_, index) => `${first + index * 2} 0 R`).join(' ');
  const objects = [
    '<</Type/Catalog/Pages 2 0 R>>',
    `<</Type/Pages/Kids[${kids}]/Count ${pages.length}>>`,
    '<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>',
  ];
  for (const [index, { content, resources, rotate = 0 }] of pages.entries()) {
    objects.push(
      `<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Rotate ${rotate}/Contents ${first + index * 2 + 1} 0 R/Resources<<${resources}>>>>`,
      `<</Length ${content.length}>>stream\n${content}\nendstream`,
    );
  }
  return serialize(objects);
}

function serialize(objects: readonly string[]): Buffer {
  let body = '%PDF-1.4\n';
  const offsets: number[] = [];
  for (const [index, object] of objects.entries()) {
    offsets.push(body.length);
    body += `${index + 1} 0 obj\n${object}\nendobj\n`;
  }
  const table = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  const trailer = `trailer<</Size ${objects.length + 1}/Root 1 0 R>>\nstartxref\n${body.length}\n%%EOF`;
  return Buffer.from(`${body}xref\n0 ${objects.length + 1}\n0000000000 65535 f \n${table}${trailer}`, 'latin1');
}
