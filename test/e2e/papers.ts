import { makeDocx, paragraph } from '../core/ingest/make-docx.ts';
import { makePdf } from '../core/ingest/make-pdf.ts';
import type { FileToSend } from '../lab/family-client.ts';

/** One small real file of each kind that is read, what it is asked, and what must stand in the answer. */
export interface Paper {
  readonly file: FileToSend;
  readonly question: string;
  /** A fact that only this file holds. */
  readonly fact: string;
  /** How the source is named under (or over) the answer. */
  readonly source: RegExp;
}

/** Six papers of a household about different things, so that each question has one right source. */
export const PAPERS: readonly Paper[] = [
  {
    file: {
      name: 'wifi.txt',
      mime: 'text/plain',
      bytes: Buffer.from('The wifi password of the flat is Sunflower-77. The router stands behind the piano.'),
    },
    question: 'What is the wifi password of the flat?',
    fact: 'Sunflower-77',
    source: /\] wifi\.txt/,
  },
  {
    file: {
      name: 'recipes.md',
      mime: 'text/markdown',
      bytes: Buffer.from(
        '# Recipes of grandmother\n\n## Plum cake\n\nBake the plum cake for 55 minutes at 170 degrees.\n\n## Pancakes\n\nThree eggs, 250 g of flour and half a litre of milk.\n',
      ),
    },
    question: 'How long does the plum cake of grandmother have to bake?',
    fact: '55 minutes',
    source: /\] recipes\.md/,
  },
  {
    file: {
      name: 'library.html',
      mime: 'text/html',
      bytes: Buffer.from(
        '<!doctype html><html><head><title>Town library</title><script>var hidden = "nobody reads this";</script></head><body><h1>Town library</h1><p>On Saturdays the library opens from 10:30 to 13:00.</p></body></html>',
      ),
    },
    question: 'When does the town library open on Saturdays?',
    fact: '10:30 to 13:00',
    source: /\] library\.html/,
  },
  {
    file: {
      name: 'vaccinations.csv',
      mime: 'text/csv',
      bytes: Buffer.from('Pet,Vaccine,Due\nMinka the cat,Rabies,14 May 2027\nBello the dog,Distemper,2 March 2028\n'),
    },
    question: 'When is the rabies vaccine of Minka the cat due?',
    fact: '14 May 2027',
    source: /\] vaccinations\.csv/,
  },
  {
    file: {
      name: 'boiler.pdf',
      mime: 'application/pdf',
      bytes: makePdf([
        ['Service contract for the boiler', 'between the family and Dale Heating Ltd.'],
        ['The yearly boiler service costs 189 euros', 'and takes place every October.'],
        ['Either party may end this contract with three months of notice.'],
      ]),
    },
    question: 'What does the yearly boiler service cost?',
    fact: '189 euros',
    source: /\] boiler\.pdf, page 2/,
  },
  {
    file: {
      name: 'allotment.docx',
      mime: 'application/vnd.openxmlformats-officedocument.wordprocessingml.document',
      bytes: makeDocx(
        paragraph('Garden rules', 1) + paragraph('The allotment garden may be watered until nine in the evening.'),
      ),
    },
    question: 'Until when may the allotment garden be watered?',
    fact: 'nine in the evening',
    source: /\] allotment\.docx/,
  },
];
