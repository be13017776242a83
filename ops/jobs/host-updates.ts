import { AppError } from '../../core/errors.ts';
import type { JobRun } from '../../core/job.ts';
import type { HostAnswer, HostHelper } from '../host/host-helper.ts';
import type { JobSpec } from '../job-spec.ts';

/** The helper installs within an hour (kinkeeper-host-upgrade@.service). */
const INSTALL_MS = 65 * 60_000;

const CHECK_MS = 120_000;

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
      return figuresOf(answer, ['installed', 'waiting']);
    },
  };
}

async function waitingUpdates(helper: HostHelper, signal: AbortSignal): Promise<JobRun['figures']> {
  const answer = await helper.ask({ verb: 'check-updates' }, { signal, timeoutMs: CHECK_MS });
  if (answer?.outcome !== 'ok') throw failed(answer);
  return figuresOf(answer, ['security', 'all']);
}

/** Those of the counts that are there, and whether the host wants a reboot; the helper says `null` where nothing tells it. */
function figuresOf({ facts }: HostAnswer, counts: readonly string[]): JobRun['figures'] {
  const known = counts.filter((name) => /^-?\d+$/.test(facts[name] ?? ''));
  const { reboot = 'null' } = facts;
  return {
    ...Object.fromEntries(known.map((name) => [name, Number(facts[name])])),
    ...(reboot !== 'null' && { reboot }),
  };
}

function failed(answer: HostAnswer | undefined): AppError {
  return new AppError('unavailable', `the host could not be updated (${answer?.facts.reason ?? 'no reason'})`, {
    reason: 'host-updates',
    hint: 'Look at the helper’s own log on the host: acts.log in its folder.',
  });
}
