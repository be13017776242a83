import { expect, test, vi } from 'vitest';
import { prepareDocument } from '../../../core/ingest/prepare-document.ts';
import { makePdf } from './make-pdf.ts';
import { LIMITS } from './reading.ts';

// Each case starts processes; the machine may be busy.
vi.setConfig({ testTimeout: 120_000 });

const gramsOf = (text: string) => text.toLowerCase().split(/\s+/);
const encoder = { pieces: (text: string) => Uint32Array.of(text.length) };
const options = { limits: LIMITS, gramsOf, encoder };

test('a document is ready to be stored: pages, passages, words of name and text', async () => {
  const bytes = makePdf([['The boiler was serviced.'], ['Next service in May.']]);
  const { document, passages, unreadable } = await prepareDocument(
    { bytes, name: 'x/Boiler\u202e.pdf', source: '$e', addedAt: 7 },
    options,
  );
  expect(document).toEqual({
    source: '$e',
    name: 'Boiler .pdf',
    kind: 'pdf',
    bytes: bytes.length,
    pages: 2,
    addedAt: 7,
  });
  expect(unreadable).toEqual([]);
  expect(passages.map(({ position, page, text }) => [position, page, text])).toEqual([
    [0, '1', 'The boiler was serviced.'],
    [1, '2', 'Next service in May.'],
  ]);
  expect(passages[1]!.grams).toBe('boiler .pdf next service in may.');
  expect(passages[1]!.pieces).toEqual(Uint32Array.of('Boiler .pdf\n\nNext service in May.'.length));
});

test('headings are words of the passage too', async () => {
  const bytes = Buffer.from(`# Insurance\n\n${'word '.repeat(200)}\n\n## Fire\n\n${'word '.repeat(200)}`);
  const { passages } = await prepareDocument({ bytes, name: 'a.md', source: '$e', addedAt: 0 }, options);
  expect(passages.at(-1)!.heading).toBe('Insurance › Fire');
  expect(passages.at(-1)!.grams).toMatch(/^a\.md insurance › fire /);
});

test('it stops when it is told to while it makes words', async () => {
  const stop = new AbortController();
  let calls = 0;
  const slow = (text: string) => {
    if (++calls === 5) stop.abort(new Error('redacted'));
    return gramsOf(text);
  };
  const bytes = Buffer.alloc(5_000_000, 'A sentence stands here. ');
  const file = { bytes, name: 'a.txt', source: '$e', addedAt: 0 };
  await expect(prepareDocument(file, { ...options, gramsOf: slow, signal: stop.signal })).rejects.toThrow('redacted');
  expect(calls).toBeLessThan(6000);
});
