import { AppError } from '../core/errors.ts';

/** How a run ends that is no failure of its job: an admin cancelled it, or the process stopped. */
export type CutOffBy = 'cancelled' | 'stopped';

/** The reason with which the runner aborts such a run. A run whose time is up is aborted with another: that is a failure. */
export class CutOff extends AppError {
  readonly by: CutOffBy;

  constructor(by: CutOffBy, message: string) {
    super(by === 'cancelled' ? 'conflict' : 'unavailable', message);
    this.by = by;
  }
}

/** Who cut a run off, by its signal; undefined when nobody did. */
export function cutOffBy({ reason }: AbortSignal): CutOffBy | undefined {
  return reason instanceof CutOff ? reason.by : undefined;
}
