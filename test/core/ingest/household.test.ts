import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { ExtractedText, PassageDraft } from '../../../core/document.ts';
import { AppError } from '../../../core/errors.ts';
import { splitPassages } from '../../../core/ingest/split-passages.ts';
import { read } from './reading.ts';

// Each file starts a process; the machine may be busy.
vi.setConfig({ hookTimeout: 600_000 });

const DATA = new URL('../../../../shared/data/household-dev/', import.meta.url).pathname;
const READABLE = /\.(?:txt|md|html|csv|docx|odt|pptx|xlsx|ods|epub|pdf|eml|ics|jpg|png)$/;
/** Formats with pages, sheets or slides that people cite. */
const PAGED: ReadonlySet<string> = new Set(['pdf', 'pptx', 'xlsx', 'ods']);
/** What stands on the scans and photos, typed by hand. */
const SCANS = ['scan_20240402_0007.pdf', 'IMG_2291.jpg', 'Rechnung Bad.png'];

interface Evidence {
  readonly file: string;
  readonly page: number | string | null;
  readonly quote: string;
}

/** Letters and digits only, as the corpus's own scorer compares. */
function compact(text: string): string {
  const shown = text.normalize('NFKC').replace(/[\u00ad\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g, '');
  return shown
    .toLowerCase()
    .replace(/[-\u2010]\s*\n\s*/g, '')
    .replace(/[^\p{L}\p{N}\p{M}]+/gu, '');
}

/** The part of a scan's words, counted as often as they stand there, that was recognised. */
function wordRecall(name: string, { pages }: ExtractedText): number {
  const words = (text: string) =>
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  const left = new Map<string, number>();
  for (const word of words(pages.map(({ text }) => text).join('\n'))) left.set(word, (left.get(word) ?? 0) + 1);
  const sought = words(readFileSync(join(DATA, 'scan-text', `${name}.txt`), 'utf8'));
  let found = 0;
  for (const word of sought) {
    const count = left.get(word) ?? 0;
    if (count > 0) found++;
    left.set(word, count - 1);
  }
  return found / sought.length;
}

function evidence(): Evidence[] {
  const lines = readFileSync(join(DATA, 'questions.jsonl'), 'utf8').split('\n').filter(Boolean);
  return lines.flatMap((line) => {
    const { files, page, quote, evidence: several } = JSON.parse(line);
    return several ?? (files.length > 0 ? [{ file: files[0], page, quote }] : []);
  });
}

if (!existsSync(join(DATA, 'files.tar'))) console.log('Left out: the shared data for this test are not here.');
describe.skipIf(!existsSync(join(DATA, 'files.tar')))('a real household', () => {
  const texts = new Map<string, ExtractedText>();
  const passages = new Map<string, PassageDraft[]>();
  const refused = new Map<string, string>();
  let folder = '';

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'kinkeeper-household-'));
    execFileSync('tar', ['-xf', join(DATA, 'files.tar'), '-C', folder]);
    for (const file of readdirSync(join(folder, 'files'))) {
      const name = file.normalize('NFC');
      try {
        const text = await read(readFileSync(join(folder, 'files', file)), file);
        texts.set(name, text);
        passages.set(name, [...splitPassages(text)]);
      } catch (error) {
        refused.set(name, error instanceof AppError ? String(error.reason) : String(error));
      }
    }
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  test('every file of a format that is read today is read; every other one is refused with its reason', () => {
    for (const [name, reason] of refused) expect([name, reason]).toEqual([name, 'file-kind']);
    for (const [name, { unreadable }] of texts) {
      expect(name).toMatch(READABLE);
      expect(unreadable).toEqual([]);
    }
    expect(texts.size).toBe(40);
  });

  test('the quotes stand in the pages, and whole in passages of the right page', () => {
    const sought = evidence().filter(({ file }) => texts.has(file.normalize('NFC')));
    const missing: string[] = [];
    for (const { file, page, quote } of sought) {
      const { kind } = texts.get(file.normalize('NFC'))!;
      const own = passages
        .get(file.normalize('NFC'))!
        .filter((passage) => page === null || !PAGED.has(kind) || passage.page === String(page));
      if (!own.some(({ text }) => compact(text).includes(compact(quote)))) missing.push(`${file} ${page}: ${quote}`);
    }
    console.log(
      `${sought.length - missing.length} of ${sought.length} quotes found whole in a passage of their page; missing: ${JSON.stringify(missing)}`,
    );
    // A time is written out in words, so its raw line cannot be found.
    expect(missing.filter((line) => !/: DTSTART;/.test(line))).toEqual([]);
  });

  test('the scans and the photo are recognised', () => {
    const recalls = SCANS.map((name) => [name, wordRecall(name, texts.get(name)!)] as const);
    console.log(`words of the scans that were recognised: ${JSON.stringify(recalls)}`);
    for (const [name, recall] of recalls) expect([name, recall > 0.9]).toEqual([name, true]);
  });

  test('the old letter in Windows-1252 has its umlauts', () => {
    expect(texts.get('umzug_oma.txt')!.pages[0]!.text).toMatch(/[äöü]/);
    expect(texts.get('umzug_oma.txt')!.pages[0]!.text).not.toContain('\ufffd');
  });
});
