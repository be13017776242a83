import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import { keepTestQuestions } from '../../core/backup/test-question.ts';
import type { OpenState } from '../../core/control.ts';
import type { JobRun } from '../../core/job.ts';
import { digestKept } from '../../core/kept-digest.ts';
import { HostHelper } from '../host/host-helper.ts';
import type { JobContext } from '../job-spec.ts';
import type { Deployment } from './deployment.ts';
import { forgetUpdate, noteUpdate } from './pending-update.ts';

/** What an update works with. */
export interface UpdateParts {
  readonly state: Pick<OpenState, 'control' | 'vault'>;
  readonly deployment: Deployment;
  /** Makes a backup and returns its name; undefined where none are set up. The way back needs none: the helper copies the state. */
  readonly makeBackup: ((context: JobContext) => Promise<string>) | undefined;
  readonly vectors: () => TokenVectors;
}

/**
 * Looks for a newer version and, unless the run is dry, begins the update: backup, note of what is kept, then the host helper takes
 * over, which stops this very process. How it ended is told by `settleUpdate` of whichever version runs then. Figures: `from`,
 * `to` or `newest` 1, `begun`.
 */
export async function beginUpdate(
  { state, deployment, makeBackup, vectors }: UpdateParts,
  context: JobContext,
): Promise<JobRun['figures']> {
  const { signal, clock, log, dry, progress } = context;
  const from = deployment.currentVersion;
  progress({ step: 'update.looking' });
  const release = await deployment.available(signal);
  if (release === undefined) return { from, newest: 1, begun: 0 };
  const to = release.version;
  if (dry) return { from, to, begun: 0 };
  progress({ step: 'update.fetching' });
  await deployment.prepare(release, signal);
  // In the backup as well: a restore of it has something to ask.
  keepTestQuestions(state, { vectors: vectors(), now: clock() });
  const backup = await makeBackup?.(context);
  progress({ step: 'update.noting' });
  const update = HostHelper.newId();
  const kept = digestKept(state);
  noteUpdate(state.control.facts, { update, from, to, askedAt: clock(), kept });
  progress({ step: 'update.switching' });
  try {
    await deployment.switchTo(release, update, signal);
  } catch (thrown) {
    // A stop of this process may be the update itself: then the note stays, and whoever starts next asks the helper. A run that was
    // cancelled before the helper took it leaves none.
    if (!signal.aborted || !deployment.mayHaveBegun(update)) forgetUpdate(state.control.facts);
    throw thrown;
  }
  log.info({ from, to }, 'the host helper has taken over the update');
  return { from, to, begun: 1, ...(backup !== undefined && { backup }) };
}
