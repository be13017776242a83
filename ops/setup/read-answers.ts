import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import type { Language } from '../../core/caller.ts';
import { UsageError } from '../../core/exit.ts';
import { nearestName } from '../../core/nearest-name.ts';
import { ANSWERS, type Answers, answerNames } from './answers.ts';
import { ANSWER_CLASHES, ANSWER_FIELDS } from './wording/faults/facts.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** Reads a file of answers (YAML). Throws UsageError that names every fault in the language of the file, and never a value. */
export function readAnswers(file: string): Answers {
  let content: string;
  try {
    content = readFileSync(file, 'utf8');
  } catch (thrown) {
    const code = (thrown as NodeJS.ErrnoException).code ?? '';
    throw new UsageError(sayAtSetup('en', 'fault.unreadable', { file, code }));
  }
  const document = parseDocument(content, { prettyErrors: false });
  const [problem] = document.errors;
  if (problem) {
    const line = content.slice(0, problem.pos[0]).split('\n').length;
    const language = /^language:\s*["']?de\b/m.test(content) ? 'de' : 'en';
    throw new UsageError(sayAtSetup(language, 'fault.no-yaml', { file, line, code: problem.code }));
  }
  return checkAnswers(document.toJS() ?? {}, file);
}

/** Checks answers, of a file or of the wizard (''), and fills in what was left out. Throws UsageError in the language that they name. */
export function checkAnswers(raw: unknown, file: string): Answers {
  const read = ANSWERS.safeParse(raw);
  if (read.success) return read.data;
  const language: Language = partOf(raw, ['language']) === 'de' ? 'de' : 'en';
  const faults = read.error.issues.flatMap((issue) => faultsOf(issue, raw, language));
  throw new UsageError([sayAtSetup(language, 'fault.head', { file }), ...faults].join('\n'));
}

/** Where answers are wrong, as paths; empty when they can be used. */
export function faultyPlaces(raw: unknown): readonly (readonly PropertyKey[])[] {
  return ANSWERS.safeParse(raw).error?.issues.map(({ path }) => (path.length === 0 ? ['kind'] : path)) ?? [];
}

type Issue = z.core.$ZodIssue;

/** One line for each thing that is wrong. */
function faultsOf(issue: Issue, raw: unknown, language: Language): string[] {
  const { path } = issue;
  if (issue.code === 'unrecognized_keys') {
    const names = answerNames(partOf(raw, ['kind']), path[0]);
    return issue.keys.map((key) => {
      const near = nearestName(key, names) ?? '';
      return sayAtSetup(language, 'fault.unknown', { place: [...path, key].join('.'), near });
    });
  }
  const place = `${path.join('.')}${nameAt(raw, path)}` || 'kind';
  const clash = ANSWER_CLASHES.find((name) => name === issue.message);
  if (clash !== undefined) return [sayAtSetup(language, 'fault.clash', { place, clash })];
  const name = path.filter((step) => typeof step !== 'number').join('.') || 'kind';
  const field = ANSWER_FIELDS.find((one) => one === name);
  return [sayAtSetup(language, 'fault.value', { place, field, isMissing: partOf(raw, path) === undefined })];
}

function partOf(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((inner, step) => (inner as Record<PropertyKey, unknown> | null)?.[step], raw);
}

/** The name of a person is no secret, and says which of them is meant. */
function nameAt(raw: unknown, path: Issue['path']): string {
  const value = path[0] === 'people' && path.at(-1) === 'name' ? partOf(raw, path) : undefined;
  return typeof value === 'string' ? ` (“${value.slice(0, 40)}”)` : '';
}
