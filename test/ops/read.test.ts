import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { utils, write } from '@e965/xlsx';
import { strToU8, zipSync } from 'fflate';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { encryptedPdf } from '../core/ingest/encrypted-pdf.ts';
import { makeMail } from '../core/ingest/make-mail.ts';
import { makePdf } from '../core/ingest/make-pdf.ts';
import { TestFolder } from './run-program.ts';

let folder: TestFolder;
beforeEach(() => {
  folder = new TestFolder();
});
afterEach(() => folder.remove());

/** A workbook of two sheets, as a program saves it. */
function makeXlsx(): Uint8Array {
  const book = utils.book_new();
  utils.book_append_sheet(
    book,
    utils.aoa_to_sheet([
      ['Month', 'Euro'],
      ['May', 940],
      ['June', 945],
    ]),
    'Rent',
  );
  utils.book_append_sheet(
    book,
    utils.aoa_to_sheet([
      ['Plant', 'Pieces'],
      ['Rose', 3],
      ['Tulip', 40],
    ]),
    'Garden',
  );
  return write(book, { type: 'buffer', bookType: 'xlsx' }) as Uint8Array;
}

function put(name: string, bytes: Uint8Array | string): string {
  writeFileSync(join(folder.path, name), bytes);
  return name;
}

async function read(...args: string[]) {
  const { exitCode, stdout, stderr } = await folder.start('ops/kinkeeper.ts', ['read', ...args]);
  return { exitCode, stdout, stderr };
}

const ENGLISH = 'The rent is due on the first of the month, and you have to pay it with the others.';
const LETTER = 'Die Miete beträgt 940 Euro im Monat und ist am dritten Werktag fällig.';

test('shows what would be kept of several files, and keeps nothing', async () => {
  const files = [{ name: 'pass.pdf', type: 'application/pdf', bytes: makePdf([['Cabin 7108']]) }];
  const mail = put('ferry.eml', makeMail({ subject: 'Your booking', text: 'Thank you for booking with us.', files }));
  const letter = put('brief.txt', `${LETTER}\n\u001b[31m${LETTER}`);
  const before = readdirSync(folder.path, { recursive: true });
  const { exitCode, stdout } = await read(letter, mail);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'brief.txt: txt, 1 passage, German',
    `  ${LETTER}`,
    'ferry.eml: eml, 2 parts, 2 passages, English',
    '  [Your booking] From: Ada <ada@home.test>',
    '  [pass.pdf p. 1] Cabin 7108',
    '',
  ]);
  expect(readdirSync(folder.path, { recursive: true })).toEqual(before);
});

test('says why a file would not be kept and what to do, also for programs', async () => {
  const locked = put('locked.pdf', encryptedPdf);
  const { exitCode, stdout } = await read('--json', locked, put('a.txt', LETTER), 'missing.txt');
  expect(exitCode).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    ok: false,
    files: [
      {
        name: 'locked.pdf',
        ok: false,
        reason: 'file-encrypted',
        message: 'The file is protected by a password.',
        advice: expect.stringContaining('--password-file'),
      },
      {
        name: 'a.txt',
        ok: true,
        bytes: Buffer.byteLength(LETTER),
        kind: 'txt',
        pages: 1,
        passages: 1,
        language: 'de',
        languages: ['de'],
        unreadable: [],
        damaged: false,
        first: [{ page: null, heading: '', line: LETTER }],
      },
      expect.objectContaining({ name: 'missing.txt', ok: false, reason: 'not-readable' }),
    ],
  });
});

test('opens a protected file with the password of a file that nobody else can read', async () => {
  const locked = put('locked.pdf', encryptedPdf);
  folder.secret('pdf-password', 'user\n');
  expect((await read(locked, '--password-file', 'secrets/pdf-password')).stdout).toMatch(
    /^locked\.pdf: pdf, 1 passage,/,
  );
  folder.secret('open', 'user', 0o644);
  const { exitCode, stderr } = await read(locked, '--password-file', 'secrets/open');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('expected mode 600');
});

test('shows headings as words, sheets by their name alone, and every language of an archive', async () => {
  const sheets = put('money.xlsx', makeXlsx());
  const notes = put('fees.md', `# Fees\n\n## Kita\n\n${LETTER}`);
  const archive = put('both.zip', zipSync({ 'brief.txt': strToU8(LETTER), 'letter.txt': strToU8(ENGLISH) }));
  const { stdout } = await read(sheets, notes, archive);
  expect(stdout.split('\n')).toEqual([
    'money.xlsx: xlsx, 2 sheets, 2 passages, language unknown',
    '  [Rent] Month | Euro',
    '  [Garden] Plant | Pieces',
    'fees.md: md, 1 passage, German',
    '  [Fees] Kita',
    'both.zip: zip, 2 parts, 2 passages, German and English',
    `  [brief.txt] ${LETTER}`,
    `  [letter.txt] ${ENGLISH}`,
    '',
  ]);
});

test('tells what to do with a photo that cannot be read', async () => {
  const photo = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from('ftypheic\0\0\0\0mif1heic'), Buffer.alloc(100)]);
  const { stdout } = await read(put('photo.HEIC', photo));
  expect(stdout).toMatch(/photo\.HEIC: not kept \(file-kind\).*JPG.*Most Compatible/s);
  expect(stdout).not.toContain('PDF');
});

test('keeps the limits of the settings', async () => {
  const settings = folder.settings('limits: { pagesPerFile: 1 }');
  const { exitCode, stdout } = await read(put('a.pdf', makePdf([['a'], ['b']])), '--config', settings);
  expect(exitCode).toBe(1);
  expect(stdout).toContain('a.pdf: not kept (file-too-many-pages)');
  expect(stdout).toContain('(limit: 1)');
});

test.each([
  [[]],
  [['a.txt', '--passages', 'many']],
  [['a.txt', '--unknown']],
])('a wrong call ends with 2 (%j)', async (args) => {
  expect((await read(...args)).exitCode).toBe(2);
});
