import { stringify } from 'yaml';
import type { Answers } from '../answers.ts';
import type { Owner, PlannedFile } from './plan.ts';

const HEAD =
  '# Answers of `kinkeeper setup`: the next run begins with them. What each means: config/answers.*.yaml of the product.\n';

/** The answers, kept for the next run; no service reads them. */
export function answersFile(answers: Answers, owner: Owner): PlannedFile {
  return {
    path: `${answers.data}/answers.yaml`,
    mode: 0o600,
    owner,
    isRead: false,
    content: HEAD + stringify(answers, { lineWidth: 0 }),
  };
}
