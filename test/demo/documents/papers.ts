import { readFileSync } from 'node:fs';
import { makeDocx } from './make-docx.ts';
import { makePdf } from './make-pdf.ts';
import { readMarkdown } from './read-markdown.ts';

/** A file as somebody of the demo's family attaches it. */
export interface Paper {
  readonly name: string;
  readonly mime: string;
  readonly bytes: Uint8Array;
}

/** The four papers of the afternoon: an English policy (PDF, four pages), a German contract (Word), codes (CSV), a German letter (Markdown). */
export function makePapers() {
  return {
    insurance: {
      name: 'Home insurance 2026.pdf',
      mime: 'application/pdf',
      bytes: makePdf(readMarkdown(source('home-insurance.md')), 'Northlight Mutual, policy NM-4471-208-K'),
    },
    contract: {
      name: 'Mietvertrag Lindenallee.docx',
      mime: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      bytes: makeDocx(readMarkdown(source('mietvertrag.md')).flat()),
    },
    codes: { name: 'House codes.csv', mime: 'text/csv', bytes: Buffer.from(source('house-codes.csv')) },
    letter: {
      name: 'Elternbrief Klassenfahrt.md',
      mime: 'text/markdown',
      bytes: Buffer.from(source('elternbrief.md')),
    },
  } satisfies Record<string, Paper>;
}

function source(file: string): string {
  return readFileSync(new URL(file, import.meta.url), 'utf8');
}
