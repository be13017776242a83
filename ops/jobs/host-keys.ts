import type { Control } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import type { ConfirmedJob } from '../../core/job.ts';
import type { HostHelper } from '../host/host-helper.ts';
import type { JobSpec } from '../job-spec.ts';

export interface HostKeysOptions {
  readonly control: Pick<Control, 'audit'>;
  readonly helper: HostHelper | undefined;
}

/** Making RSA keys takes a slow machine a while. */
const HELPER_MS = 180_000;

const ACTS = {
  sshHostKeys: { verb: 'rotate-ssh-host-keys', action: 'ssh-keys.changed' },
  wireguard: { verb: 'rotate-wireguard', action: 'wireguard.changed' },
} as const;

/**
 * New host keys of SSH, or new keys of the server in WireGuard, by the host helper. Figures: what the new ones are known by, the fingerprint of each
 * kind of host key or the public key of each interface; `notSetUp` 1 without a helper. How it ended stands in the trail, by which the guide knows.
 */
export function hostKeysJob(name: ConfirmedJob, { control, helper }: HostKeysOptions): JobSpec {
  const { verb, action } = ACTS[name];
  return {
    name,
    limitSeconds: HELPER_MS / 1000 + 30,
    canDry: false,
    repeatable: false,
    async run({ signal, clock, progress }) {
      if (helper === undefined) return { notSetUp: 1 };
      const note = (outcome: 'done' | 'failed') =>
        control.audit.append({ at: clock(), actor: 'system', action, target: '-', outcome });
      progress({ step: 'host.changing' });
      try {
        const answer = await helper.ask({ verb }, { signal, timeoutMs: HELPER_MS });
        if (answer?.outcome !== 'ok') throw failed(answer?.facts.reason);
        note('done');
        return answer.facts;
      } catch (thrown) {
        note('failed');
        throw thrown;
      }
    },
  };
}

function failed(reason = 'no reason'): AppError {
  return new AppError(
    'unavailable',
    `the host helper did not change the keys (${reason}): the old ones are in their place`,
    {
      reason: 'host-keys',
      hint: 'What each reason means stands in ops/RUNBOOK.md; the helper’s own log on the host is acts.log in its folder.',
    },
  );
}
