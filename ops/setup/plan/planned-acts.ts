import { createHash } from 'node:crypto';
import type { Answers } from '../answers.ts';
import { ACTS, type ActName, type PlannedAct, type PlannedFile } from './plan.ts';
import { userIdOf } from './settings-text.ts';

/** What has to be done for these answers, in the order of `ACTS`. */
export function plannedActs(answers: Answers, files: readonly PlannedFile[]): PlannedAct[] {
  const keys = new Map<ActName, string>();
  const digest = createHash('sha256');
  for (const { path, content } of files) digest.update(`${path}\0${content}\0`);
  const all = digest.digest('hex').slice(0, 16);
  const bot = userIdOf(answers, answers.bot);
  if (answers.backupKey !== 'none') keys.set('backup-key', answers.backupKey);
  keys.set('accounts', [bot, ...answers.people.map(({ name }) => userIdOf(answers, name))].join(' '));
  keys.set('rate-limit', bot);
  keys.set('start', all);
  keys.set('first-message', all);
  return ACTS.flatMap((act) => (keys.has(act) ? [{ act, key: keys.get(act)! }] : []));
}
