import { describe, expect, test } from 'vitest';
import { tableText } from '../../../core/extract/table-text.ts';

const lines = (table: Parameters<typeof tableText>[0]) => tableText(table).split('\n');

describe('a row', () => {
  test('stands as people see it, and names its columns', () => {
    expect(
      lines({
        rows: [
          ['Item', 'Bought', 'Price £'],
          ['Clock', '2004-06-11', '680'],
          ['Ring', '', '2200'],
        ],
      }),
    ).toEqual([
      'Item | Bought | Price £',
      'Clock | 2004-06-11 | 680 (Item: Clock; Bought: 2004-06-11; Price £: 680)',
      'Ring | – | 2200 (Item: Ring; Price £: 2200)',
    ]);
  });

  test('of two cells explains itself', () => {
    expect(lines({ rows: [['Month', 'kWh'], ['March', '1204']] })).toEqual(['Month | kWh', 'March | 1204']); // biome-ignore format: one line
  });

  test('keeps the places of empty cells where no names tell columns apart', () => {
    expect(lines({ rows: [['1', '', '3'], ['', '5', '']] })).toEqual(['1 | – | 3', '5']); // biome-ignore format: one line
  });

  test('that begins with a sharp is no heading', () => {
    expect(lines({ rows: [['#', 'Name', 'Age'], ['1', 'Ada', '12']] })[0]).toBe('| # | Name | Age'); // biome-ignore format: one line
  });

  test('says long cells once', () => {
    const long = 'word '.repeat(40).trim();
    const [, row] = lines({ rows: [['No', 'Date', 'Text'], ['1', '2', long]] }); // biome-ignore format: one line
    expect(row).toMatch(/^1 \| 2 \| (?:word ){39}word \(No: 1; Date: 2; Text: (?:word ){11}word…\)$/);
  });

  test('alone in its table says what column it stands in, unless it is a title', () => {
    const rows = [['Item', 'Bought', 'Price'], ['Clock', '2004', '680'], ['', '', '99'], ['Sum below', '', '']]; // biome-ignore format: one line
    expect(lines({ rows }).slice(2)).toEqual(['99 (Price: 99)', 'Sum below']);
  });
});

describe('the header', () => {
  test('may stand below a title and what the table is about', () => {
    const rows = [['Statement'], ['Account', 'DE00 1'], ['Date', 'Shop', 'Amount'], ['1.2.24', 'Rewe', '12,40']]; // biome-ignore format: one line
    expect(lines({ rows })).toEqual([
      'Statement',
      'Account | DE00 1 | '.slice(0, -3),
      'Date | Shop | Amount',
      '1.2.24 | Rewe | 12,40 (Date: 1.2.24; Shop: Rewe; Amount: 12,40)',
    ]);
  });

  test('may take two rows where the upper one groups columns', () => {
    const rows = [['Income', 'under 3', '', 'from 3', ''], ['', '25 h', '35 h', '25 h', '35 h'], ['60000', '164', '203', '88', '108']]; // biome-ignore format: one line
    const merged = [
      { row: 0, column: 0, rows: 2, columns: 1 },
      { row: 0, column: 1, rows: 1, columns: 2 },
      { row: 0, column: 3, rows: 1, columns: 2 },
    ];
    expect(lines({ rows, merged, headerRows: 2 })[2]).toBe(
      '60000 | 164 | 203 | 88 | 108 (Income: 60000; under 3, 25 h: 164; under 3, 35 h: 203; from 3, 25 h: 88; from 3, 35 h: 108)',
    );
  });

  test('is none where the first row is like the others', () => {
    const rows = [['Ada', '12', 'Maths'], ['Ben', '13', 'Art']]; // biome-ignore format: one line
    expect(lines({ rows })).toEqual(['Ada | 12 | Maths', 'Ben | 13 | Art']);
  });

  test('is what the format says it is', () => {
    const rows = [['1', '2', '3'], ['a', 'b', 'c']]; // biome-ignore format: one line
    expect(lines({ rows, headerRows: 1 })[1]).toBe('a | b | c (1: a; 2: b; 3: c)');
  });

  test('may have years among its names', () => {
    const rows = [['Cost', '2023', '2024'], ['Gas', '100', '200']]; // biome-ignore format: one line
    expect(lines({ rows })[1]).toBe('Gas | 100 | 200 (Cost: Gas; 2023: 100; 2024: 200)');
  });
});

test('a merged cell stands in every row that it covers', () => {
  const rows = [['Group', 'Child', 'Age'], ['Hedgehogs', 'Ada', '3'], ['', 'Ben', '4']]; // biome-ignore format: one line
  expect(lines({ rows, merged: [{ row: 1, column: 0, rows: 2, columns: 1 }] }).slice(1)).toEqual([
    'Hedgehogs | Ada | 3 (Group: Hedgehogs; Child: Ada; Age: 3)',
    'Hedgehogs | Ben | 4 (Group: Hedgehogs; Child: Ben; Age: 4)',
  ]);
});

test('merged cells that claim the world cost nothing', () => {
  const rows = Array.from({ length: 2000 }, (_, i) => [`row ${i}`, 'b', 'c']);
  const merged = Array.from({ length: 5000 }, () => ({ row: 0, column: 0, rows: 1_048_576, columns: 16_384 }));
  expect(lines({ rows, merged })).toHaveLength(2000);
});
