import { AppError } from '../../core/errors.ts';
import type { HostHelper } from '../host/host-helper.ts';
import type { JobSpec } from '../job-spec.ts';

/** The helper installs within an hour (kinkeeper-host-upgrade@.service). */
const INSTALL_MS = 65 * 60_000;

/** `undefined`: this household has no host helper, and looks after its host by other means. */
export interface HostUpdatesOptions {
  readonly helper: HostHelper | undefined;
}

/** Installs the security updates of the host. Figures: `installed`, `waiting`, `reboot`; `helper` 0 where there is none. */
export function hostUpdatesJob({ helper }: HostUpdatesOptions): JobSpec {
  return {
    name: 'hostUpdates',
    limitSeconds: INSTALL_MS / 1000 + 60,
    async run({ signal }) {
      if (helper === undefined) return { helper: 0 };
      const answer = await helper.ask(
        { verb: 'apply-host-updates', kind: 'security' },
        { signal, timeoutMs: INSTALL_MS },
      );
      if (answer?.outcome !== 'ok')
        throw new AppError('unavailable', `the host could not be updated (${answer?.facts.reason ?? 'no reason'})`, {
          reason: 'host-updates',
          hint: 'Look at the helper’s own log on the host: acts.log in its folder.',
        });
      const { installed, waiting, reboot } = answer.facts;
      return { installed: Number(installed), waiting: Number(waiting), reboot: reboot ?? 'null' };
    },
  };
}
