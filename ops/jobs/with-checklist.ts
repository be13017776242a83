import type { JobSpec } from '../job-spec.ts';
import { checkNow } from '../posture/check-now.ts';
import type { ChecklistJobOptions } from './checklist.ts';

/**
 * A job after which the checklist is judged anew by what is known, so that it does not go on saying for an hour what the job has mended. For the
 * list of jobs. That it could not be judged is logged alone: the job has done its own work.
 */
export function withChecklist(job: JobSpec, { control, helper, ownLines, here }: ChecklistJobOptions): JobSpec {
  return {
    ...job,
    run: async (context) => {
      const figures = await job.run(context);
      const { clock, log } = context;
      try {
        await checkNow({
          ...{ control, own: ownLines, here, spoolDir: helper?.spoolDir, now: clock() },
          onFailure: (line, thrown) => log.error({ line, err: thrown }, 'a line could not be read'),
        });
      } catch (thrown) {
        log.error({ err: thrown }, 'the checklist could not be judged anew');
      }
      return figures;
    },
  };
}
