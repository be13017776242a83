import { expect, test } from 'vitest';
import { odp } from '../../../core/extract/odp.ts';
import { pptx } from '../../../core/extract/pptx.ts';
import { extracted } from './extracted.ts';
import { makeOdf, makePptx, shape } from './make-office.ts';

test('PPTX makes a page of every slide in the order of the show, with title, lists, tables and notes', async () => {
  const cell = (text: string) => `<a:tc><a:txBody><a:p><a:r><a:t>${text}</a:t></a:r></a:p></a:txBody></a:tc>`;
  const row = (cells: string[]) => `<a:tr>${cells.map(cell).join('')}</a:tr>`;
  const table = `<p:graphicFrame><a:graphic><a:tbl><a:tblPr firstRow="1"/>${row(['Bici', 'Giorno', 'Sei giorni'])}${row(['Elettrica', '38 €', '195 €'])}</a:tbl></a:graphic></p:graphicFrame>`;
  const slides = [
    {
      shapes: shape('body', ['primo', 'secondo']) + shape('title', ['Quanto', 'costa']) + shape('sldNum', ['1']),
      notes: 'IBAN IT00',
    },
    { shapes: `<p:grpSp>${shape(undefined, ['Nota a mano'])}</p:grpSp>${table}` },
    { shapes: '' },
  ];
  expect(await extracted(pptx, makePptx(slides))).toEqual([
    { label: '1', text: '# Quanto costa\n\n- primo\n- secondo\n\nNotes: IBAN IT00' },
    {
      label: '2',
      text: 'Nota a mano\n\nBici | Giorno | Sei giorni\nElettrica | 38 € | 195 € (Bici: Elettrica; Giorno: 38 €; Sei giorni: 195 €)',
    },
    { label: '3', text: '' },
  ]);
});

test('ODP does the same', async () => {
  const frame = (kind: string, inner: string) =>
    `<draw:frame presentation:class="${kind}"><draw:text-box>${inner}</draw:text-box></draw:frame>`;
  const list =
    '<text:list><text:list-item><text:p>primo</text:p></text:list-item><text:list-item><text:p>secondo</text:p></text:list-item></text:list>';
  const body =
    `<draw:page>${frame('outline', list)}${frame('title', '<text:p>Quanto costa</text:p>')}` +
    `<presentation:notes>${frame('notes', '<text:p>IBAN IT00</text:p>')}${frame('page-number', '<text:p><text:page-number>&lt;number&gt;</text:page-number></text:p>')}</presentation:notes></draw:page>` +
    '<draw:page><draw:custom-shape><text:p>In un ovale</text:p></draw:custom-shape></draw:page>';
  expect(await extracted(odp, makeOdf('presentation', body))).toEqual([
    { label: '1', text: '# Quanto costa\n\n- primo\n- secondo\n\nNotes: IBAN IT00' },
    { label: '2', text: 'In un ovale' },
  ]);
});
