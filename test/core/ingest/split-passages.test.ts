import { describe, expect, test } from 'vitest';
import { DOCUMENT_KINDS, type DocumentKind, type Page, type PassageDraft } from '../../../core/document.ts';
import { sentencesOf } from '../../../core/ingest/sentences.ts';
import { splitPassages } from '../../../core/ingest/split-passages.ts';
import { randomStream, testSeed } from '../../bot/random.ts';

const LONGEST = 1600;

function split(text: string, kind: DocumentKind = 'txt'): PassageDraft[] {
  return [...splitPassages({ kind, pages: [{ label: null, text }] })];
}

/** Checks what holds for every document. */
function expectSound(pages: readonly Page[], passages: readonly PassageDraft[]): void {
  expect(passages.map(({ position }) => position)).toEqual(passages.map((_, index) => index));
  let done = 0;
  for (const page of pages) {
    const own: PassageDraft[] = [];
    while (done < passages.length && passages[done]!.page === page.label) own.push(passages[done++]!);
    let covered = 0;
    for (const [index, { start, end, text }] of own.entries()) {
      expect(text).toBe(page.text.slice(start, end));
      expect(text.length).toBeLessThanOrEqual(LONGEST);
      expect(text).toBe(text.trim());
      expect(text.isWellFormed()).toBe(page.text.isWellFormed());
      // Nothing but blanks lies between passages, and at most a fifth is said twice.
      expect(page.text.slice(covered, start).trim()).toBe('');
      if (index > 0) expect(covered - start).toBeLessThanOrEqual(180);
      expect(end).toBeGreaterThan(covered);
      covered = end;
    }
    expect(page.text.slice(covered).trim()).toBe('');
  }
  expect(done).toBe(passages.length);
}

const BITS = [
  'Wort',
  'und',
  'z. B. ',
  'Dr. Öz',
  '. ',
  '! ',
  ' ',
  ' ',
  ' ',
  '\n',
  '\n\n',
  '# Titel\n',
  '## Unter\n',
  'a | b | c\n',
  '体检报告。',
  '😀',
  'x'.repeat(300),
  ' '.repeat(2000),
  '```\n',
  '\u00a0',
  'straße',
  '12. ',
  '- Punkt\n',
];

test('every document: exact offsets, nothing lost, nothing across pages, nothing too long', () => {
  const seed = testSeed();
  console.log(`seed ${seed}`);
  const random = randomStream(seed);
  const pick = (below: number) => Math.floor(random() * below);
  for (let round = 0; round < 300; round++) {
    const pages = Array.from({ length: 1 + pick(3) }, (_, index) => ({
      label: String(index + 1),
      text: Array.from({ length: pick(400) }, () => BITS[pick(BITS.length)]!).join(''),
    }));
    const kind = DOCUMENT_KINDS[pick(DOCUMENT_KINDS.length)]!;
    expectSound(pages, [...splitPassages({ kind, pages })]);
  }
});

test.each([
  ['letters', 'x'.repeat(5_000_000)],
  ['words without an end', 'nothing ends here and on it goes '.repeat(150_000)],
  ['blanks', `${' '.repeat(5_000_000)}x`],
  ['line feeds', `${'\n'.repeat(2_000_000)}x`],
  ['abbreviations', 'Dr. '.repeat(1_000_000)],
  ['half a letter', `x${'😀'.repeat(1_000_000)}`],
])(
  '5 MB of %s are split in linear time',
  (_, text) => {
    let covered = 0;
    for (const passage of splitPassages({ kind: 'txt', pages: [{ label: null, text }] })) {
      if (passage.text.length > LONGEST || !passage.text.isWellFormed()) throw new Error('too long or cut');
      covered = passage.end;
    }
    expect(covered).toBe(text.trimEnd().length);
  },
  60_000,
);

describe('structure', () => {
  const prose = (words: number) => 'word '.repeat(words).trim();

  test('a passage carries the headings above it', () => {
    const passages = split(
      `# Lease\n\n${prose(100)}\n\n## Rent\n\n${prose(100)}\n\n## Deposit\n\n${prose(100)}\n\n# Annex\n\n${prose(100)}`,
      'md',
    );
    expect(passages.map(({ heading }) => heading)).toEqual(['Lease', 'Lease › Rent', 'Lease › Deposit', 'Annex']);
    expect(passages[1]!.text).toMatch(/^## Rent\n\nword/);
  });

  test('short sections share a passage under the heading that they share', () => {
    const [passage, ...more] = split('# A\n\n## B\n\nshort\n\n## C\n\nshort', 'md');
    expect(more).toEqual([]);
    expect(passage!.heading).toBe('A');
  });

  test('a heading never ends a passage', () => {
    for (let words = 150; words < 200; words++) {
      for (const { text } of split(`${prose(words)}\n\n## Next\n\n${prose(100)}`, 'md'))
        expect(text).not.toMatch(/## Next$/);
    }
  });

  test('marks in code and in plain text are no headings', () => {
    expect(split('```\n# comment\n```\n\ntext', 'md')[0]!.heading).toBe('');
    expect(split('# not a heading', 'txt')[0]!.heading).toBe('');
  });

  test('table rows stay whole, and later parts of a table know its columns', () => {
    const rows = Array.from({ length: 100 }, (_, i) => `2024-01-${i} | Baker Street ${i} | ${i}.00`);
    const passages = split(`# Costs\n\nDay | Shop | Amount\n${rows.join('\n')}`, 'html');
    expect(passages.length).toBeGreaterThan(2);
    expect(passages[0]!.heading).toBe('Costs');
    for (const { heading } of passages.slice(1)) expect(heading).toBe('Costs › Day | Shop | Amount');
    for (const row of rows) expect(passages.filter(({ text }) => text.split('\n').includes(row))).toHaveLength(1);
  });

  test('a long paragraph is cut between sentences, and the last ones are said again', () => {
    const sentences = Array.from({ length: 40 }, (_, i) => `Sentence number ${i} has several words in it.`);
    const passages = split(sentences.join(' '));
    for (const { text } of passages) expect(text).toMatch(/^Sentence .* it\.$/);
    for (const [index, { start }] of passages.entries())
      if (index > 0) expect(start).toBeLessThan(passages[index - 1]!.end);
  });

  test('pages are never joined', () => {
    const pages = ['1', '2', '3'].map((label) => ({ label, text: `Page ${label}` }));
    expect([...splitPassages({ kind: 'pdf', pages })].map(({ page, text }) => [page, text])).toEqual([
      ['1', 'Page 1'],
      ['2', 'Page 2'],
      ['3', 'Page 3'],
    ]);
  });

  test('empty documents have no passages', () => {
    expect(split(' \n\t')).toEqual([]);
  });
});

describe('sentences', () => {
  const sentences = (text: string) =>
    [...sentencesOf(text, { start: 0, end: text.length })].map(({ start, end }) => text.slice(start, end));

  test.each([
    [['Herr Dr. Müller wohnt in der Bonner Str. nebenan.', 'Er zahlt z. B. am 10. März 2024.']],
    [['Gem. § 3 Abs. 2 Nr. 4 BGB gilt das.', 'Kosten ca. 50 € zzgl. MwSt. fallen an.']],
    [['Mr. Smith and Mrs. Jones came at 5 p.m. sharp.', 'They left.']],
    [['今天很好。', '明天呢？']],
  ])('%j', (expected) => {
    expect(sentences(expected.join(' '))).toEqual(expected);
  });

  test('go on over line breaks', () => {
    expect(sentences('Die Miete\nbeträgt 900 Euro. Sie\nist fällig.')).toEqual([
      'Die Miete\nbeträgt 900 Euro.',
      'Sie\nist fällig.',
    ]);
  });
});
