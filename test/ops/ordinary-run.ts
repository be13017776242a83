import type { JobContext } from '../../ops/job-spec.ts';

/** What the runner lends to a run that nobody asked for in a special way. */
export const ORDINARY_RUN: Pick<JobContext, 'dry' | 'progress'> = {
  dry: false,
  progress() {},
};
