import { expect, test } from 'vitest';
import { SheetSink } from '../../../core/extract/sheet-sink.ts';

const nowhere = { page: () => {}, unreadable: () => {}, damaged: () => {}, scanned: () => {}, progress: () => {} };
const refused = (reason: string) => expect.objectContaining({ reason });

test('a file of many small sheets, rows and cells is refused before they fill the memory', () => {
  const sink = new SheetSink(nowhere, { pages: 2, characters: 1000 });
  const row = (index: number, text: string) => sink.row({ index, cells: [[0, text]] });
  sink.startSheet('one');
  for (let index = 0; index < 50; index++) row(index, '');
  sink.endSheet();
  sink.startSheet('two');
  // What came in the sheet before counts too.
  row(0, 'x'.repeat(100));
  expect(() => row(1, 'x'.repeat(100))).toThrow(refused('file-too-much-text'));
  expect(() => sink.startSheet('three')).toThrow(refused('file-too-many-pages'));
});
