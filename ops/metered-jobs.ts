import type { Clock } from '../core/clock.ts';
import type { JobMeter } from '../core/meter.ts';
import { cutOffBy } from './cut-off.ts';
import type { JobSpec } from './job-spec.ts';
import { outcomeOf } from './run-records.ts';

/** The jobs as they are, and each of their runs counted; one that was cut off is none that failed. Put in by ops. */
export function meteredJobs(jobs: readonly JobSpec[], meter: JobMeter, clock: Clock): JobSpec[] {
  return jobs.map((job) => ({
    ...job,
    run: async (context) => {
      const started = clock();
      const note = (outcome: 'ok' | 'nothing' | 'failed') => {
        const seconds = Math.max(0, clock() - started) / 1000;
        meter.ran(job.name, seconds, cutOffBy(context.signal) ?? outcome);
      };
      try {
        const figures = await job.run(context);
        note(outcomeOf(figures));
        return figures;
      } catch (error) {
        note('failed');
        throw error;
      }
    },
  }));
}
