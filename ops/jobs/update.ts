import type { JobSpec } from '../job-spec.ts';
import { beginUpdate, type UpdateParts } from '../update/begin-update.ts';

/** `undefined`: updates of the product are not set up here. */
export interface UpdateJobOptions {
  readonly update: UpdateParts | undefined;
}

/** Brings the product to its newest version, with a way back (ops/update). Figures: `from`, `to`, `begun`; `notSetUp` 1 where it is not. */
export function updateJob({ update }: UpdateJobOptions): JobSpec {
  return {
    name: 'update',
    // Fetching an archive and making a backup take their time; what follows is the helper's.
    limitSeconds: 4 * 3600,
    canDry: true,
    // Cut off by the update itself more often than by anything else.
    repeatable: false,
    run: async (context) => (update === undefined ? { notSetUp: 1 } : beginUpdate(update, context)),
  };
}
