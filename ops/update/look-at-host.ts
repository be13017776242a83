import type { JobRun } from '../../core/job.ts';
import type { HostAnswer, HostHelper } from '../host/host-helper.ts';

const CHECK_MS = 120_000;

/** Asks the host helper which packages wait. Throws what asking it throws. Used by the jobs `hostUpdates` and `update`. */
export function askForWaiting(helper: HostHelper, signal: AbortSignal): Promise<HostAnswer | undefined> {
  return helper.ask({ verb: 'check-updates' }, { signal, timeoutMs: CHECK_MS });
}

/** Those of the counts that are there, and whether the host wants a reboot; the helper says `null` where nothing tells it. */
export function hostFigures({ facts }: HostAnswer, counts: readonly string[]): JobRun['figures'] {
  const known = counts.filter((name) => /^-?\d+$/.test(facts[name] ?? ''));
  const { reboot = 'null' } = facts;
  return {
    ...Object.fromEntries(known.map((name) => [name, Number(facts[name])])),
    ...(reboot !== 'null' && { reboot }),
  };
}

/** What is known of waiting packages; `hostUnknown` 1 where they could not be looked at. Throws the signal's reason. */
export async function lookAtHost(helper: HostHelper | undefined, signal: AbortSignal): Promise<JobRun['figures']> {
  if (helper === undefined) return {};
  const answer = await askForWaiting(helper, signal).catch(() => undefined);
  signal.throwIfAborted();
  return answer?.outcome === 'ok' ? hostFigures(answer, ['security', 'all']) : { hostUnknown: 1 };
}
