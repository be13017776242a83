import { untilTrialOver } from '../../core/update-trial.ts';
import { homeserverAnswers, type ProbePlan } from '../jobs/health-readings.ts';
import type { Deployment } from './deployment.ts';
import { type JudgeParts, judgeTrial } from './judge-trial.ts';

/** While a new version is on trial, in milliseconds. */
const BEAT_MS = 1000;

/** One short try: the judge asks again by itself. */
const PROBE: ProbePlan = { tries: 1, pauseMs: 1000, timeoutMs: 10_000 };

/** What ops on trial works with. `deployment` undefined: this household is updated by hand, and nobody here judges. */
export interface TryUpdateParts extends Omit<JudgeParts, 'deployment' | 'homeserverAnswers'> {
  readonly stateDir: string;
  readonly homeserver: string;
  readonly deployment: Deployment | undefined;
  /** Writes the heartbeat of ops. */
  readonly beat: () => void;
}

/** Ops while a new version is on trial: judges it, and runs no job. Returns once the trial is over; throws the signal's reason. */
export async function tryUpdate(parts: TryUpdateParts, signal: AbortSignal): Promise<void> {
  const { deployment, homeserver, stateDir, beat } = parts;
  beat();
  const timer = setInterval(beat, BEAT_MS);
  try {
    const answers = (during: AbortSignal) => homeserverAnswers(homeserver, PROBE, during);
    if (deployment !== undefined) await judgeTrial({ ...parts, deployment, homeserverAnswers: answers }, signal);
    await untilTrialOver(stateDir, signal);
  } finally {
    clearInterval(timer);
  }
}
