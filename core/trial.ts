import type { Control } from './control.ts';
import { AppError } from './errors.ts';

/** The fact that marks a state folder which the console made for trying things out, and no bot has served yet. */
const TRIAL = 'trial-household';

/** Marks a new state folder as one for trying out. Called by the console that has just made it. */
export function beginTrial({ facts }: Pick<Control, 'facts'>): void {
  facts.set(TRIAL, 'yes');
}

/** From now on it is a household whose papers no command at the shell shows. Called at every start of the bot. */
export function endTrial({ facts }: Pick<Control, 'facts'>): void {
  if (facts.get(TRIAL) === 'yes') facts.set(TRIAL, 'over');
}

/**
 * Throws AppError `forbidden` (reason `household-in-use`) unless the folder is one for trying out: the console asks and
 * exports in the name of its people, which an operator must not be able to do to a family.
 */
export function requireTrial({ facts }: Pick<Control, 'facts'>): void {
  if (facts.get(TRIAL) === 'yes') return;
  throw new AppError(
    'forbidden',
    'this is the state folder of a household; the console opens only what it made itself',
    {
      reason: 'household-in-use',
      hint: 'No command shows at the shell what people keep. To try things out, give the console settings with a stateDir of its own.',
    },
  );
}
