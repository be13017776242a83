import { describe, expect, test } from 'vitest';
import { encryptedPdf } from './encrypted-pdf.ts';
import { makeAnnotatedPdf, makePdf, makePlacedPdf, type PlacedText } from './make-pdf.ts';
import { read, refusal } from './reading.ts';

async function textOf(pages: readonly (readonly PlacedText[])[]): Promise<string[]> {
  const { pages: read_ } = await read(makePlacedPdf(pages), 'a.pdf');
  return read_.map(({ text }) => text);
}

const row = (y: number, ...cells: [number, string][]) => cells.map(([x, text]) => ({ x, y, text }));

test('a table keeps the cells of its rows apart', async () => {
  const [text] = await textOf([
    [
      ...row(700, [50, 'Fund'], [200, 'Share'], [300, 'Yearly charge']),
      ...row(684, [50, 'Global Shares'], [200, '58 %'], [300, '0.18 %']),
      ...row(668, [50, 'Cash'], [200, '5 %'], [300, '0.10 %']),
    ],
  ]);
  expect(text).toBe('Fund | Share | Yearly charge\nGlobal Shares | 58 % | 0.18 %\nCash | 5 % | 0.10 %');
});

test('two columns that are drawn line by line across the page are read one after the other', async () => {
  const left = [
    'The school fair begins on Saturday',
    'at ten and needs forty people who',
    'help for an hour each; cakes are',
  ];
  const more = ['welcome and must carry a list of all', 'ingredients, as every year before it'];
  const right = [
    'Lost property: seventeen wellingtons',
    'have been found behind the boiler so',
    'far, all of them left ones, and they',
  ];
  const rest = ['go to the charity shop in May unless', 'somebody claims them before that day'];
  const lines = [...left, ...more].map((text, i) => row(700 - i * 14, [50, text], [250, [...right, ...rest][i]!]));
  const [text] = await textOf([lines.flat()]);
  expect(text).toBe([...left, ...more, ...right, ...rest].join('\n'));
});

test('larger letters are headings, by their size', async () => {
  const body = Array.from({ length: 6 }, (_, i) => ({
    x: 50,
    y: 660 - i * 14,
    text: 'Plain words that say something.',
  }));
  const [text] = await textOf([
    [{ x: 50, y: 740, size: 22, text: 'Tenancy agreement' }, { x: 50, y: 690, size: 15, text: 'Rent' }, ...body],
  ]);
  expect(text).toMatch(/^# Tenancy agreement\n\n## Rent\n\nPlain words/);
});

test('running headers and footers stand once, apart and without the page’s number; amounts in the same place stay', async () => {
  const page = (number: number) => [
    { x: 50, y: 810, text: 'Calderwick Heating' },
    { x: 50, y: 760, text: `Total ${number * 7}.50` },
    { x: 50, y: 400, text: `Body of part ${number}` },
    { x: 50, y: 30, text: `Page ${number} of 3` },
  ];
  const texts = await textOf([page(1), page(2), page(3)]);
  expect(texts[0]).toMatch(/^Calderwick Heating\n\n\* \* \*\n\nTotal 7\.50/);
  expect(texts.join()).not.toMatch(/Page \d/);
  expect(texts.slice(1).join()).not.toMatch(/Calderwick/);
  expect(texts[1]).toContain('Total 14.50');
  expect(texts[2]).toMatch(/Total 21\.50\n\nBody of part 3/);
});

test('a foot with other numbers beside the page’s own, counted from any page, stands once', async () => {
  const page = (number: number) => [
    { x: 50, y: 400, text: `Body of part ${number}` },
    { x: 50, y: 30, text: `Unit 2, Wexcombe WX1 3PB, Page ${number}` },
  ];
  const cover = [{ x: 50, y: 400, text: 'Cover' }];
  expect((await textOf([page(1), page(2)])).map((text) => text.includes('Unit 2'))).toEqual([true, false]);
  const covered = await textOf([cover, page(1), page(2), page(3)]);
  expect(covered.map((text) => text.includes('Unit 2'))).toEqual([false, true, false, false]);
});

describe('what people wrote onto a page', () => {
  const field = (y: number, inside: string) => `/Subtype/Widget/F 4/Rect[150 ${y - 4} 350 ${y + 14}]${inside}`;
  const labels = ['Name:', 'IBAN:', 'Number of children:', 'PIN:', 'Old address:'].map((text, at) => ({
    x: 50,
    y: 700 - at * 20,
    text,
  }));
  const box = (x: number, state: string) =>
    `/Subtype/Widget/F 4/FT/Btn/T(${state}${x})/V/${state}/AS/${state}/Rect[${x} 596 ${x + 12} 608]/AP<</N<</Yes 5 0 R/Off 5 0 R>>>>`;

  test('a form is read with its values beside their labels, but for passwords and what nobody sees', async () => {
    const form = makeAnnotatedPdf(
      [...labels, { x: 70, y: 598, text: 'I agree' }, { x: 270, y: 598, text: 'I do not' }],
      [
        field(700, '/FT/Tx/T(name)/V(Ada Marchetay)'),
        field(680, '/FT/Tx/T(iban)/V<FEFF0044004500310032002020AC>'),
        field(660, '/FT/Ch/Ff 131072/T(children)/Opt[(1)(2)]/V(2)'),
        field(640, '/FT/Tx/Ff 8192/T(pin)/V(secret77)'),
        field(620, '/FT/Tx/T(address)/V(hidden lane)').replace('/F 4', '/F 2'),
        box(50, 'Yes'),
        box(250, 'Off'),
      ],
      7,
    );
    expect((await read(form, 'form.pdf')).pages[0]!.text.replaceAll(' | ', ' ')).toBe(
      'Name: Ada Marchetay\nIBAN: DE12 €\nNumber of children: 2\nPIN:\nOld address:\n[x] I agree [ ] I do not',
    );
  });

  test('texts and comments put onto a page stand where they were put; they may be all that it has', async () => {
    const notes = [
      '/Subtype/FreeText/Contents(Paid on 3 May 2024)/Rect[50 685 300 697]/DA(/F 11 Tf)',
      '/Subtype/Text/Contents(Ask Ben\\rabout this)/Rect[400 300 420 320]',
      '/Subtype/Link/Contents(no text)/Rect[50 100 90 110]',
      '/Subtype/Text/F 2/Contents(hidden)/Rect[400 300 420 320]',
    ];
    const { pages } = await read(makeAnnotatedPdf(labels.slice(0, 2), notes, 0), 'a.pdf');
    expect(pages[0]!.text).toMatch(/^Name:\nPaid on 3 May 2024\nIBAN:\s+Ask Ben\nabout this$/);
    const bare = await read(makeAnnotatedPdf([], notes, 0), 'a.pdf');
    expect(bare.pages[0]!.text).toMatch(/^Paid on 3 May 2024\s+Ask Ben\nabout this$/);
  });
});

describe('a protected file', () => {
  test('opens with its password', async () => {
    expect((await read(encryptedPdf, 'a.pdf', { password: 'user' })).pages[0]!.text).not.toBe('');
  });

  test('asks for the password, and says when it is the wrong one', async () => {
    expect(await refusal(encryptedPdf, 'a.pdf')).toEqual({ reason: 'file-encrypted' });
    expect(await refusal(encryptedPdf, 'a.pdf', { password: 'wrong' })).toEqual({ reason: 'file-wrong-password' });
  });
});

describe('a damaged file', () => {
  const whole = makePdf([['First page here'], ['Second page here'], ['Third page here']]);

  test('whose end is missing is read as far as it goes', async () => {
    const cut = whole.subarray(0, whole.indexOf('Third page'));
    const { pages } = await read(cut, 'a.pdf');
    expect(pages[0]!.text).toBe('First page here');
    expect(pages[1]!.text).toBe('Second page here');
  });

  test('whose cross references point nowhere is read whole', async () => {
    const broken = Buffer.from(whole.toString('latin1').replace(/startxref\n\d+/, 'startxref\n7'), 'latin1');
    const { pages } = await read(broken, 'a.pdf');
    expect(pages.map(({ text }) => text)).toEqual(['First page here', 'Second page here', 'Third page here']);
  });

  test('loses a broken page only', async () => {
    const broken = Buffer.from(whole.toString('latin1').replace('/Contents 7 0 R', '/Contents 1 0 R'), 'latin1');
    const { pages } = await read(broken, 'a.pdf');
    expect(pages.map(({ text }) => text)).toEqual(['First page here', '', 'Third page here']);
  });
});
