import type { Control } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import type { RunnerOptions } from '../../ops/runner.ts';

const READS = new Set<PropertyKey>([
  'last',
  'lastGood',
  'toCancel',
  'recent',
  'plans',
  'waiting',
  'untold',
  'undelivered',
]);

/** The stores of the runner on a disk that is full while `isFull` says so: reading works, nothing can be written. */
export function onFullDisk(control: RunnerOptions['control'], isFull: () => boolean): RunnerOptions['control'] {
  return {
    jobs: guarded<Control['jobs']>(control.jobs, isFull),
    requests: guarded<Control['requests']>(control.requests, isFull),
    alerts: guarded<Control['alerts']>(control.alerts, isFull),
  };
}

function guarded<Store extends object>(store: Store, isFull: () => boolean): Store {
  return new Proxy(store, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...given: unknown[]) => unknown;
      return (...given: unknown[]) => {
        if (isFull() && !READS.has(name))
          throw new AppError('unavailable', 'the disk is full', { reason: 'disk-full' });
        return method.apply(target, given);
      };
    },
  });
}
