import { expect, test } from 'vitest';
import { makeGlyphPdf, type PlacedText } from './make-pdf.ts';
import { read } from './reading.ts';

/** What is read from the right, as a page shows it: every letter is turned around, numbers and other words are not. */
const turned = (text: string) => [...text].reverse().join('');
const shown = (...fromTheRight: string[]) => fromTheRight.reverse().join('');

async function textOf(texts: readonly PlacedText[]): Promise<string> {
  return (await read(makeGlyphPdf(texts), 'a.pdf')).pages[0]!.text;
}

/** Lines that end at the right edge, 5.5 points a glyph. */
const lines = (...texts: string[]) =>
  texts.map((text, at) => ({ x: 545 - 5.5 * [...text].length, y: 780 - at * 16, text }));

test('a Hebrew letter keeps its words whole, and dates, amounts and numbers as they are', async () => {
  const text = await textOf(
    lines(
      shown(turned('חשבונית מספר '), '2024-117', turned(' מתאריך '), '14/10/2024', turned(' בסך '), '₪ 1,234.50', '.'),
      shown(
        turned('ההנחה היא '),
        '20%',
        turned(' עד '),
        '31.12.2024',
        turned('; הכתובת: הרצל '),
        '12',
        turned(', דירה '),
        '5',
      ),
      shown(turned('גרסה '), 'Windows 11 Home', turned(' של המחשב, '), 'info@example.com'),
    ),
  );
  expect(text).toBe(
    [
      'חשבונית מספר 2024-117 מתאריך 14/10/2024 בסך 1,234.50 ₪.',
      'ההנחה היא 20% עד 31.12.2024; הכתובת: הרצל 12, דירה 5',
      'גרסה Windows 11 Home של המחשב, info@example.com',
    ].join('\n'),
  );
});

test('a phone number is read from its beginning, whether the page shows it so or turned around', async () => {
  const text = await textOf(
    lines(
      shown(turned('טלפון: '), '03-1234567', turned(' או '), '4567 123 054', turned(' בערב')),
      shown(turned('هاتف '), '01999 577 310', turned(' مساء')),
      shown(turned('هاتف '), '+972 54 123 4567', turned(' مساء')),
    ),
  );
  expect(text).toBe('טלפון: 03-1234567 או 054 123 4567 בערב\nهاتف 01999 577 310 مساء\nهاتف +972 54 123 4567 مساء');
});

test('Arabic with brackets, Arabic digits and ligatures', async () => {
  const text = await textOf(
    lines(
      shown(turned('لا توجد رسوم '), '(', turned('إلا في الحالات'), ')', turned(' حتى '), '٣١/١٢/٢٠٢٤', '.'),
      shown(turned('ا\ufefb\ufedfن'), ' ', turned('هنا')),
    ),
  );
  expect(text).toBe('لا توجد رسوم (إلا في الحالات) حتى ٣١/١٢/٢٠٢٤.\nالالن هنا');
});

test('a table is read from the right, also rows that are numbers alone', async () => {
  const row = (y: number, ...cells: [number, string][]) => cells.map(([x, text]) => ({ x, y, text }));
  const text = await textOf([
    ...row(700, [400, turned('תאריך')], [250, turned('סכום')], [100, turned('יתרה')]),
    ...row(684, [400, '01.02.2024'], [250, '350.20'], [100, '1,200.00']),
    ...row(668, [400, '03.02.2024'], [250, '99.90'], [100, '1,100.10']),
  ]);
  expect(text).toBe('תאריך | סכום | יתרה\n01.02.2024 | 350.20 | 1,200.00\n03.02.2024 | 99.90 | 1,100.10');
});

test('two columns are read from the right one, a few words in other text where they stand', async () => {
  const right = ['העמודה הימנית', 'נקראת ראשונה', 'ורק אחריה', 'באה העמודה', 'השמאלית כאן'];
  const left = ['העמודה השנייה', 'נקראת אחריה', 'עד סופה', 'ואז נגמר', 'הטקסט כולו'];
  const at = (edge: number, y: number, text: string) => ({ x: edge - 5.5 * text.length, y, text: turned(text) });
  const columns = right.flatMap((text, i) => [at(545, 700 - i * 14, text), at(460, 700 - i * 14, left[i]!)]);
  expect(await textOf(columns)).toBe([...right, ...left].join('\n'));
  const english = { x: 50, y: 700, text: `The word ${turned('שלום לכם')} means peace, see 12 there.` };
  expect(await textOf([english])).toBe('The word שלום לכם means peace, see 12 there.');
});
