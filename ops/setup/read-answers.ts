import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
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
  const faults = read.error.issues.map((issue) => `  ${issue.path.join('.') || 'kind'}: ${issue.message}`);
  throw new UsageError([`${source} cannot be used:`, ...faults].join('\n'));
}
