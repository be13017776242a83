import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

// A shell has one room for all functions: whoever defines a word that another file has already changes that other file, and nobody is told.

const HOST = fileURLToPath(new URL('../../../ops/host/', import.meta.url));
const MEASURES = readdirSync(join(HOST, 'measures')).map((name) => join(HOST, 'measures', name));

/** What a measure may define anew: the words that do nothing until it does. */
const OF_A_MEASURE = join(HOST, 'harden', 'measure.sh');

/** Words that a file defines, in its order. */
function wordsOf(file: string): string[] {
  return [...readFileSync(file, 'utf8').matchAll(/^\s*([A-Za-z_]\w*)\s*\(\)/gm)].map(([, word]) => word!);
}

/** A program and the files that it reads into its shell. Where "$here" and "$helper" lie is the program's to say. */
function filesOf(program: string, folders: Readonly<Record<string, string>>): string[] {
  const read = [...readFileSync(program, 'utf8').matchAll(/^\. "\$(\w+)\/([\w/-]+\.sh)"$/gm)];
  return [program, ...read.map(([, folder, path]) => join(folders[folder!]!, path!))];
}

const HARDEN = filesOf(join(HOST, 'kinkeeper-harden'), { here: HOST, helper: join(HOST, 'helper') });
const HELPER = filesOf(join(HOST, 'helper', 'kinkeeper-host'), { here: join(HOST, 'helper') });

/** Words that stand in more than one place, with the files. */
function twice(files: readonly string[]): string[] {
  const places = files.flatMap((file) => wordsOf(file).map((word) => ({ word, file: basename(file) })));
  return places
    .filter(({ word }) => places.filter((one) => one.word === word).length > 1)
    .map(({ word, file }) => `${word} (${file})`);
}

test.each([
  ['kinkeeper-harden', HARDEN],
  ['kinkeeper-host', HELPER],
])('%s and what it reads define each word once', (_, files) => {
  expect(files.length).toBeGreaterThan(10);
  expect(twice(files)).toEqual([]);
});

describe.each(MEASURES.map((file) => [basename(file), file] as const))('%s', (_, measure) => {
  test('defines no word of the files that all measures share', () => {
    const words = wordsOf(measure);
    expect(words).toContain('summary');
    const shared = HARDEN.filter((file) => file !== OF_A_MEASURE).flatMap(wordsOf);
    expect(words.filter((word) => shared.includes(word))).toEqual([]);
    expect(twice([measure])).toEqual([]);
  });

  test('of the words that it may define none that all others need as it is', () => {
    const tools = wordsOf(OF_A_MEASURE).filter((word) => !NOTHING_BY_ITSELF.has(word));
    expect(tools).toContain('fact');
    expect(wordsOf(measure).filter((word) => tools.includes(word))).toEqual([]);
  });
});

/** The list at the head of measure.sh, which says what a measure defines. */
const NOTHING_BY_ITSELF = new Set(
  [...readFileSync(OF_A_MEASURE, 'utf8').matchAll(/^# {3}(\w+) {2,}/gm)].map(([, word]) => word!),
);
