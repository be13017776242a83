import type { Asked, Command, Place, Where } from './command-spec.ts';

const PLACES: Readonly<Record<Where, readonly Place[]>> = {
  direct: ['direct'],
  family: ['family'],
  ops: ['ops'],
  both: ['direct', 'ops'],
  chats: ['direct', 'family'],
  anywhere: ['direct', 'family', 'ops'],
};

/** The places where a command may be given. */
export function placesOf(command: Pick<Command, 'where'>): readonly Place[] {
  return PLACES[command.where];
}

/** Whether a caller may give a command at a place, and if not, why. */
export type Permission = 'yes' | 'admin-only' | 'elsewhere';

/**
 * The one check of role and place; help and suggestions use it as well, so nobody is offered what they may not do.
 * Everything that is not clearly allowed is refused.
 */
export function mayRun(command: Command, { caller, place }: Asked): Permission {
  const allowed = caller.role === 'admin' || (caller.role === 'member' && command.role === 'member');
  if (!allowed) return 'admin-only';
  return placesOf(command).includes(place) ? 'yes' : 'elsewhere';
}
