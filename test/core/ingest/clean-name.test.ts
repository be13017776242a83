import { expect, test } from 'vitest';
import { cleanName, extensionOf } from '../../../core/ingest/clean-name.ts';

test.each([
  ['Rechnung Bad.pdf', 'Rechnung Bad.pdf'],
  ['رسالة المدرسة.pdf', 'رسالة المدرسة.pdf'],
  ['体检报告_2024.pdf', '体检报告_2024.pdf'],
  ['../../etc/passwd', 'passwd'],
  ['C:\\Users\\ada\\a.txt', 'a.txt'],
  ['bill\u202efdp.exe', 'bill fdp.exe'],
  ['a\u0000b\u001b[2Jc\nd.txt', 'a b [2Jc d.txt'],
  ['\ufeff  a\u200b.txt ', 'a .txt'],
  ['', 'document'],
  ['..', 'document'],
  ['/', 'document'],
  ['\u202e', 'document'],
  ['a\ud800.txt', 'a .txt'],
  ['Mu\u0308ll.txt', 'Müll.txt'],
])('%j is shown as %j', (given, shown) => {
  expect(cleanName(given)).toBe(shown);
});

test('long names keep their ending and whole letters', () => {
  const name = cleanName(`${'👩‍👩‍👧'.repeat(60)}.docx`);
  expect(name.length).toBeLessThanOrEqual(120);
  expect(name).toMatch(/^(?:👩‍👩‍👧)+…\.docx$/u);
  expect(cleanName('x'.repeat(10_000_000))).toHaveLength(120);
});

test('the ending is a short word in lower case', () => {
  expect([extensionOf('a.PDF'), extensionOf('a'), extensionOf('a.b c'), extensionOf('a.verylongending')]).toEqual([
    'pdf',
    '',
    '',
    '',
  ]);
});
