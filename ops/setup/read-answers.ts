import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { UsageError } from '../../core/exit.ts';
import { ANSWERS, type Answers } from './answers.ts';

/** Reads a file of answers (YAML). Throws UsageError that names every fault, and never a value. */
export function readAnswers(file: string): Answers {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (thrown) {
    throw new UsageError(`--answers: ${file} cannot be read (${(thrown as NodeJS.ErrnoException).code})`);
  }
  const document = parseDocument(content, { prettyErrors: false });
  const [problem] = document.errors;
  if (problem) {
    const line = content.slice(0, problem.pos[0]).split('\n').length;
    throw new UsageError(`--answers: line ${line} of ${file} is no valid YAML (${problem.code})`);
  }
  return checkAnswers(document.toJS() ?? {}, `--answers: ${file}`);
}

/** Checks answers, wherever they come from, and fills in what was left out. Throws UsageError. */
export function checkAnswers(raw: unknown, source: string): Answers {
  const read = ANSWERS.safeParse(raw);
  if (read.success) return read.data;
  const faults = read.error.issues.map(
    (issue) => `  ${placeOf(issue.path)}${nameAt(raw, issue.path)}: ${wordsOf(issue)}`,
  );
  throw new UsageError([`${source} cannot be used:`, ...faults].join('\n'));
}

/** Where answers are wrong, as paths; empty when they can be used. */
export function faultyPlaces(raw: unknown): readonly (readonly PropertyKey[])[] {
  return ANSWERS.safeParse(raw).error?.issues.map(({ path }) => (path.length === 0 ? ['kind'] : path)) ?? [];
}

type Issue = z.core.$ZodIssue;

function wordsOf(issue: Issue): string {
  if (issue.code !== 'unrecognized_keys') return issue.message;
  return `there is no ${issue.keys.join(', ')}; the examples config/answers.*.yaml show all that there is`;
}

function placeOf(path: Issue['path']): string {
  return path.length === 0 ? 'the file' : path.join('.');
}

/** The name of a person is no secret, and says which of them is meant. */
function nameAt(raw: unknown, path: Issue['path']): string {
  if (path[0] !== 'people' || path.at(-1) !== 'name') return '';
  const value = (raw as { people?: Record<PropertyKey, { name?: unknown }> }).people?.[path[1]!]?.name;
  return typeof value === 'string' ? ` (“${value.slice(0, 40)}”)` : '';
}
