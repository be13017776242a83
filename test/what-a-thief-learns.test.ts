import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { hasTest } from './has-test.ts';

// core/DESIGN.md says who learns what, and by which test each line is shown: none of these may be gone.

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const MUST_NAME =
  'disk, passphrase on it, copy of the state folder, root shell, curious admin, at the shell, homeserver, family member, family room, lent, same file, stolen phone, Qdrant';

interface Row {
  readonly who: string;
  readonly cells: readonly string[];
  readonly shown: string;
}

const REFERENCE = /`(test\/[^`:]+\.test\.ts): ([^`]+)`/g;

function rowsOf(document: string): Row[] {
  const section = /^### What a thief learns$([\s\S]*?)^### /m.exec(document)?.[1] ?? '';
  const lines = section
    .split('\n')
    .filter((line) => line.startsWith('|'))
    .slice(2);
  return lines.map((line) => {
    const cells = line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim());
    return { who: cells[0]!, cells, shown: cells.at(-1)! };
  });
}

const rows = rowsOf(readFileSync(`${ROOT}core/DESIGN.md`, 'utf8'));

test('every line of "What a thief learns" has its five cells, and is shown by a test or called a limit', () => {
  expect(rows.length).toBeGreaterThan(20);
  for (const { cells, shown, who } of rows) {
    expect(cells, who).toHaveLength(5);
    const isShown = [...shown.matchAll(REFERENCE)].length > 0;
    expect(isShown || shown === 'limit', `${who}: ${shown}`).toBe(true);
    // Whatever stands there is a reference or the word, so a mistyped one cannot pass as text.
    expect(shown.replace(REFERENCE, '').replace(/[;\s]|limit/g, ''), who).toBe('');
  }
  for (const name of MUST_NAME.split(', '))
    expect(
      rows.some(({ who }) => who.includes(name)),
      name,
    ).toBe(true);
});

test('every test that it names exists', () => {
  for (const { shown } of rows)
    for (const [, file, title] of shown.matchAll(REFERENCE))
      expect(hasTest(file!, title!), `${file}: ${title}`).toBe(true);
});

test('a test that is gone, or a file that is, would be missed', () => {
  expect(hasTest('test/core/log.test.ts', 'reference ids are short and differ')).toBe(true);
  expect(hasTest('test/core/log.test.ts', 'reference ids are long')).toBe(false);
  expect(hasTest('test/core/log.test.ts', 'reference ids')).toBe(false);
  expect(hasTest('test/core/gone.test.ts', 'reference ids are short and differ')).toBe(false);
});
