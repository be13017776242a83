import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { encryptedPdf } from '../core/ingest/encrypted-pdf.ts';
import { makeMail } from '../core/ingest/make-mail.ts';
import { makePdf } from '../core/ingest/make-pdf.ts';
import { TestFolder } from './run-program.ts';

// Each case starts processes; the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

let folder: TestFolder;
beforeEach(() => {
  folder = new TestFolder();
});
afterEach(() => folder.remove());

function put(name: string, bytes: Uint8Array | string): string {
  writeFileSync(join(folder.path, name), bytes);
  return name;
}

async function read(...args: string[]) {
  const { exitCode, stdout, stderr } = await folder.start('ops/kinkeeper.ts', ['read', ...args]);
  return { exitCode, stdout, stderr };
}

const LETTER = 'Die Miete beträgt 940 Euro im Monat und ist am dritten Werktag fällig.';

test('shows what would be kept of several files, and keeps nothing', async () => {
  const files = [{ name: 'pass.pdf', type: 'application/pdf', bytes: makePdf([['Cabin 7108']]) }];
  const mail = put('ferry.eml', makeMail({ subject: 'Your booking', text: 'Thank you for booking with us.', files }));
  const letter = put('brief.txt', `${LETTER}\n\u001b[31m${LETTER}`);
  const before = readdirSync(folder.path, { recursive: true });
  const { exitCode, stdout } = await read(letter, mail);
  expect(exitCode).toBe(0);
  expect(stdout.split('\n')).toEqual([
    'brief.txt: txt, 1 page, 1 passage, German',
    `  ${LETTER}`,
    'ferry.eml: eml, 2 pages, 2 passages, English',
    '  [Your booking] # Your booking',
    '  [pass.pdf p. 1 · pass.pdf] Cabin 7108',
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
        unreadable: [],
        first: [{ page: null, heading: '', line: LETTER }],
      },
      expect.objectContaining({ name: 'missing.txt', ok: false, reason: 'not-readable' }),
    ],
  });
});

test('opens a protected file with the password of a file that nobody else can read', async () => {
  const locked = put('locked.pdf', encryptedPdf);
  folder.secret('pdf-password', 'user\n');
  expect((await read(locked, '--password-file', 'secrets/pdf-password')).stdout).toMatch(/^locked\.pdf: pdf, 1 page,/);
  folder.secret('open', 'user', 0o644);
  const { exitCode, stderr } = await read(locked, '--password-file', 'secrets/open');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('expected mode 600');
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
