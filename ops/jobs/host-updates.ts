import { AppError } from '../../core/errors.ts';
import type { JobRun } from '../../core/job.ts';
import type { HostAnswer, HostHelper } from '../host/host-helper.ts';
import type { JobSpec } from '../job-spec.ts';
import { askForWaiting, hostFigures } from '../update/look-at-host.ts';

/** The helper installs within an hour (kinkeeper-host-upgrade@.service). */
const INSTALL_MS = 65 * 60_000;

/** `undefined`: this household has no host helper, and looks after its host by other means. */
export interface HostUpdatesOptions {
  readonly helper: HostHelper | undefined;
}

/** Installs the security updates of the host. Figures, each left out where the helper does not know it: `installed`, `waiting`, `reboot` (dry: `security`, `all`); `notSetUp` 1 without a helper. */
export function hostUpdatesJob({ helper }: HostUpdatesOptions): JobSpec {
  return {
    name: 'hostUpdates',
    limitSeconds: INSTALL_MS / 1000 + 60,
    canDry: true,
    repeatable: true,
    async run({ signal, dry, progress }) {
      if (helper === undefined) return { notSetUp: 1 };
      if (dry) return waitingUpdates(helper, signal);
      progress({ step: 'host.installing' });
      const answer = await helper.ask(
        { verb: 'apply-host-updates', kind: 'security' },
        { signal, timeoutMs: INSTALL_MS },
      );
      if (answer?.outcome !== 'ok') throw failed(answer);
      return hostFigures(answer, ['installed', 'waiting']);
    },
  };
}

async function waitingUpdates(helper: HostHelper, signal: AbortSignal): Promise<JobRun['figures']> {
  const answer = await askForWaiting(helper, signal);
  if (answer?.outcome !== 'ok') throw failed(answer);
  return hostFigures(answer, ['security', 'all']);
}

function failed(answer: HostAnswer | undefined): AppError {
  return new AppError('unavailable', `the host could not be updated (${answer?.facts.reason ?? 'no reason'})`, {
    reason: 'host-updates',
    hint: 'Look at the helper’s own log on the host: acts.log in its folder.',
  });
}
