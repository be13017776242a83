import type { Asked, Command } from './command-spec.ts';

/** Whether a caller may give a command at a place, and if not, why. */
export type Permission = 'yes' | 'admin-only' | 'elsewhere';

/**
 * The one check of role and place; help and suggestions use it as well, so nobody is offered what they may not do.
 * Everything that is not clearly allowed is refused.
 */
export function mayRun(command: Command, { caller, place }: Asked): Permission {
  const allowed = caller.role === 'admin' || (caller.role === 'member' && command.role === 'member');
  if (!allowed) return 'admin-only';
  return command.where === 'both' || command.where === place ? 'yes' : 'elsewhere';
}
