import { expect, test } from 'vitest';
import { BACKUP_STEPS } from '../../../ops/backup/backup-plan.ts';
import { Progress } from '../../../ops/backup/commands/progress.ts';

test.each([
  true,
  false,
])('a shell is told each step of a backup in words, never by its id (a terminal: %s)', (isTTY) => {
  const told: string[] = [];
  const progress = new Progress({ isTTY, write: (text) => told.push(text) });
  for (const step of BACKUP_STEPS) progress.tell(step);
  expect(told.join('')).toMatch(/waiting for a moment.*sealing.*reading back/s);
  expect(told.join('')).not.toContain('backup.');
});
