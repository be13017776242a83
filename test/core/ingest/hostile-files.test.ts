import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { AppError } from '../../../core/errors.ts';
import { prepareDocument } from '../../../core/ingest/prepare-document.ts';
import { randomStream, testSeed } from '../../bot/random.ts';
import { encryptedPdf } from './encrypted-pdf.ts';
import { makeBomb, makeDocx, paragraph } from './make-docx.ts';
import { makePdf } from './make-pdf.ts';
import { LIMITS, read, readInParent, refusal } from './reading.ts';

const program = Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0', 'latin1'), Buffer.alloc(400)]);
const zip = Buffer.from(zipSync({ 'holiday.jpg': program }));

describe('a file is refused with its reason', () => {
  test.each<[string, Buffer, string, object]>([
    ['empty', Buffer.alloc(0), 'a.txt', { reason: 'file-empty' }],
    ['only blanks', Buffer.from(' \n\t\n'), 'a.txt', { reason: 'file-no-text' }],
    ['a program called .pdf', program, 'a.pdf', { reason: 'file-kind', kind: 'exe' }],
    [
      'noise called .docx',
      Buffer.from(Array.from({ length: 999 }, (_, i) => (i * 7) % 251)),
      'a.docx',
      { reason: 'file-kind', kind: 'unknown' },
    ],
    ['an empty calendar', Buffer.from('BEGIN:VCALENDAR\nEND:VCALENDAR\n'), 'a.txt', { reason: 'file-no-text' }],
    ['an archive of programs called .docx', zip, 'a.docx', { reason: 'file-kind', kind: 'zip' }],
    ['a PDF with a password', encryptedPdf, 'a.pdf', { reason: 'file-encrypted' }],
    [
      'noise behind a PDF header',
      Buffer.from(`%PDF-1.7\n${'\x01\xfe noise'.repeat(500)}`, 'latin1'),
      'a.pdf',
      { reason: 'file-damaged' },
    ],
    [
      'a PDF cut in half',
      halfOf(makePdf(Array.from({ length: 20 }, () => ['text']))),
      'a.pdf',
      { reason: 'file-damaged' },
    ],
    ['a DOCX cut in half', halfOf(makeDocx(paragraph('text'.repeat(2000)))), 'a.docx', { reason: 'file-damaged' }],
    ['a DOCX with broken XML', makeDocx('<w:p><w:r></w:p>'), 'a.docx', { reason: 'file-damaged' }],
  ])('%s', async (_, bytes, name, expected) => {
    expect(await refusal(bytes, name)).toEqual(expected);
  });

  test('too much text', async () => {
    expect(await refusal(Buffer.alloc(6_000_001, 'ab '), 'a.txt')).toEqual({
      reason: 'file-too-much-text',
      limit: 6_000_000,
    });
  });

  test('longer than the time limit, and no child stays behind', async () => {
    const limits = { ...LIMITS, extractSeconds: 0.02 };
    expect(await refusal('text', 'a.txt', { limits })).toEqual({ reason: 'file-timeout', seconds: 0.02 });
    expect(childrenOfThisProcess()).toEqual([]);
  });

  test('stopped by its sender', async () => {
    const stop = new AbortController();
    const pages = Array.from({ length: 1500 }, (_, i) => [`page ${i}`]);
    const reading = read(makePdf(pages), 'a.pdf', {
      signal: stop.signal,
      onProgress: () => stop.abort(new Error('redacted')),
    });
    await expect(reading).rejects.toThrow('redacted');
  });
});

/** Command lines of the processes that this one started. */
function childrenOfThisProcess(): string[] {
  const found: string[] = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ')[1];
      if (parent === String(process.pid)) found.push(readFileSync(`/proc/${pid}/cmdline`, 'utf8'));
    } catch {
      // Ended while the list was read.
    }
  }
  return found;
}

function halfOf(bytes: Buffer): Buffer {
  return bytes.subarray(0, bytes.length >> 1);
}

test('files with flipped bits are read or refused, and never take the process along', async () => {
  const seed = testSeed();
  console.log(`seed ${seed}`);
  const random = randomStream(seed);
  const pick = (below: number) => Math.floor(random() * below);
  const honest = [makePdf([['one', 'two'], ['three']]), makeDocx(paragraph('Hallo', 1) + paragraph('Welt'))];
  const outcomes: Record<string, number> = {};
  for (let round = 0; round < 6; round++) {
    const bytes = Buffer.from(honest[round % 2]!);
    for (let i = pick(3); i >= 0; i--) bytes[8 + pick(bytes.length - 8)]! ^= 1 << pick(8);
    const outcome = await read(bytes, 'a').then(
      () => 'read',
      (error: unknown) => (error instanceof AppError ? error.reason! : `unexpected: ${String(error)}`),
    );
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  console.log(outcomes);
  for (const outcome of Object.keys(outcomes))
    expect(outcome).toMatch(/^(?:read|file-(?:damaged|kind|no-text|too-hard|encrypted))$/);
});

test('a PDF that is cut off is read as far as it goes, and said to be damaged', async () => {
  const pdf = makePdf([['first'], ['second']]);
  expect((await read(pdf, 'a.pdf')).damaged).toBeUndefined();
  const cut = await read(pdf.subarray(0, pdf.lastIndexOf('xref\n0')), 'a.pdf');
  expect(cut.damaged).toBe(true);
  expect(cut.pages.map(({ text }) => text)).toEqual(['first', 'second']);
});

test('one damaged page does not cost the others', async () => {
  const pdf = makePdf([['first'], ['second'], ['third']]).toString('latin1');
  const broken = pdf.replace('6 0 obj', '6 0 oxj');
  const { pages, unreadable } = await read(Buffer.from(broken, 'latin1'), 'a.pdf');
  expect(pages).toEqual([
    { label: '1', text: 'first' },
    { label: '2', text: '' },
    { label: '3', text: 'third' },
  ]);
  expect(unreadable).toEqual(['2']);
});

describe('the parent stays small', () => {
  /** What the parent may hold at most while a file is read. */
  const PARENT_MEGABYTES = 300;
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'kinkeeper-hostile-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  /** How a process of its own fares with the bytes. */
  async function outcomeOf(name: string, bytes: Uint8Array, seconds = 60): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, bytes);
    const { outcome, peakMegabytes, milliseconds } = await readInParent(path, seconds);
    console.log(`${name}: ${outcome}, parent at most ${peakMegabytes} MB, ${milliseconds} ms`);
    expect(peakMegabytes).toBeLessThan(PARENT_MEGABYTES);
    return outcome;
  }

  test('60 MB', async () => {
    expect(await outcomeOf('60-mb.txt', Buffer.alloc(60_000_000, 'text '))).toBe('file-too-large');
  });

  test('50 MB of text', async () => {
    expect(await outcomeOf('50-mb.txt', Buffer.alloc(50_000_000, 'text '))).toBe('file-too-much-text');
  });

  test('a DOCX that declares 400 MB', async () => {
    expect(await outcomeOf('bomb.docx', await makeBomb(400, 'true-size'))).toBe('file-too-hard');
  });

  test('a DOCX that holds 400 MB and declares 4 KB', async () => {
    expect(await outcomeOf('lying-bomb.docx', await makeBomb(400, 'small'))).toBe('file-damaged');
  });

  /** Costly to the end, or to the end of its time: both are answers. */
  const COSTLY = /^file-(?:too-hard|too-much-text|timeout)$/;

  test('a DOCX just below the declared limit', async () => {
    expect(await outcomeOf('31-mb.docx', await makeBomb(31, 'true-size'), 2)).toMatch(COSTLY);
  });

  test('HTML nested without end', async () => {
    expect(await outcomeOf('nested.html', Buffer.from(`<html>${'<div>x'.repeat(500_000)}`), 2)).toMatch(COSTLY);
  });

  test('tables nested without end', async () => {
    expect(await outcomeOf('tables.html', Buffer.from(`<html>${'<table><tr><td>x '.repeat(200_000)}`), 2)).toMatch(
      COSTLY,
    );
  });

  test('5 MB on one line', async () => {
    expect(await outcomeOf('line.txt', Buffer.alloc(5_000_000, 'x'))).toMatch(/^\d+ passages$/);
    expect(
      await outcomeOf('words.txt', Buffer.alloc(5_000_000, 'ten words without an end are here now and stay ')),
    ).toMatch(/^\d+ passages$/);
  });
});

test('preparing a long document lets others work in between', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  const bytes = Buffer.alloc(2_000_000, 'A sentence of some length stands here. ');
  const file = { bytes, name: 'a.txt', source: '$e', addedAt: 0 };
  let turnsBefore = 0;
  const gramsOf = (text: string) => {
    turnsBefore ||= turns;
    return text.split(' ');
  };
  await prepareDocument(file, { limits: LIMITS, encoder: { pieces: () => new Uint32Array() }, gramsOf });
  clearInterval(timer);
  expect(turns - turnsBefore).toBeGreaterThan(3);
});
