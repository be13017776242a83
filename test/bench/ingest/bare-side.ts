import { readFileSync } from 'node:fs';
import * as XLSX from '@e965/xlsx';
import { PDFiumLibrary } from '@hyzyla/pdfium';
import { convert } from 'html-to-text';
import mammoth from 'mammoth';
import Papa from 'papaparse';
import PostalMime from 'postal-mime';
import { bareEmbedder } from './bare-embedder.ts';
import { measured } from './measured.ts';

// The other side of bench:ingest: what the bare libraries do. Text out, cut every 900 characters, embedded; nothing is
// protected, nothing stored. Libraries and model are loaded before. Prints what `measured` returns.
//   node test/bench/ingest/bare-side.ts <models folder> <model> <file>...
const CHUNK = /[\s\S]{1,900}/g;
const [modelsDir, model, ...files] = process.argv.slice(2) as [string, string, ...string[]];
const embed = await bareEmbedder(modelsDir, model);
const pdfium = await PDFiumLibrary.init();
const result = await measured(async () => {
  let passages = 0;
  for (const path of files) {
    for (const chunk of (await textOf(path)).match(CHUNK) ?? []) {
      await embed(chunk);
      passages += 1;
    }
  }
  return passages;
});
console.log(JSON.stringify(result));
process.exit(0);

async function textOf(path: string): Promise<string> {
  const bytes = readFileSync(path);
  switch (path.slice(path.lastIndexOf('.') + 1)) {
    case 'pdf': {
      const document = await pdfium.loadDocument(bytes);
      return [...document.pages()].map((page) => page.getText()).join('\n');
    }
    case 'docx':
      return (await mammoth.extractRawText({ buffer: bytes })).value;
    case 'xlsx': {
      const { Sheets } = XLSX.read(bytes);
      return Object.values(Sheets)
        .map((sheet) => XLSX.utils.sheet_to_csv(sheet))
        .join('\n');
    }
    case 'csv':
      return Papa.parse<string[]>(bytes.toString('utf8'))
        .data.map((row) => row.join(' '))
        .join('\n');
    case 'html':
      return convert(bytes.toString('utf8'));
    case 'eml': {
      const { text, html } = await PostalMime.parse(bytes);
      return text ?? (html ? convert(html) : '');
    }
    default:
      return bytes.toString('utf8');
  }
}
