import type { Language } from '../core/caller.ts';
import type { PasswordOutcome } from './password-desk.ts';
import { say } from './wording/say.ts';

/** How a change of the bot's password ended. */
export function passwordWords(language: Language, outcome: PasswordOutcome): string {
  if (outcome.kind === 'changed') return say(language, 'rotate.password-changed', outcome);
  const { problem, waitMs } = outcome;
  return outcome.kind === 'waiting'
    ? say(language, 'rotate.password-waiting', { hindrance: outcome.why, problem, waitMs })
    : say(language, 'rotate.password-refused', { hindrance: outcome.why, problem, waitMs });
}
