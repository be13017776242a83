import { nearestName } from '../../core/nearest-name.ts';
import type { Asked } from './command-spec.ts';
import { namesOf } from './find-command.ts';
import { COMMANDS } from './index.ts';
import { mayRun } from './may-run.ts';

/** The name that a mistyped command most likely means, among those that the caller may give at this place; else undefined. */
export function suggestCommand(mistyped: string, asked: Asked): string | undefined {
  const open = COMMANDS.filter((command) => mayRun(command, asked) === 'yes');
  return nearestName(
    mistyped,
    open.flatMap(namesOf).filter((name) => !name.includes(' ')),
  );
}
