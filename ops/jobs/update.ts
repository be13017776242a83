import type { HostHelper } from '../host/host-helper.ts';
import type { JobSpec } from '../job-spec.ts';
import { beginUpdate, type UpdateParts } from '../update/begin-update.ts';
import { lookAtHost } from '../update/look-at-host.ts';
import { type ModelUpdateParts, updateModels } from '../update/update-models.ts';

/** What is not set up in a household is `undefined`: updates of the product, the host helper, models that can be looked at. */
export interface UpdateJobOptions {
  readonly update: UpdateParts | undefined;
  readonly helper: HostHelper | undefined;
  readonly models: ModelUpdateParts | undefined;
}

/**
 * Looks at everything that may be newer: packages of the host (which the job `hostUpdates` installs), models, and the product itself. Models
 * come first: the product's own update ends this process. Figures: those of `lookAtHost`, `updateModels` and `beginUpdate`; `byHand` 1
 * where the product is updated by hand, `notSetUp` 1 where there is nothing to look at.
 */
export function updateJob({ update, helper, models }: UpdateJobOptions): JobSpec {
  return {
    name: 'update',
    // Fetching a model or an archive and making a backup take their time; what follows is the helper's.
    limitSeconds: 6 * 3600,
    canDry: true,
    // Cut off by the update itself more often than by anything else.
    repeatable: false,
    async run(context) {
      context.progress({ step: 'update.looking' });
      const host = await lookAtHost(helper, context.signal);
      const modelled = models === undefined ? {} : await updateModels(models, context);
      if (update !== undefined) return { ...host, ...modelled, ...(await beginUpdate(update, context)) };
      const seen = { ...host, ...modelled };
      return Object.keys(seen).length === 0 ? { notSetUp: 1 } : { ...seen, byHand: 1 };
    },
  };
}
