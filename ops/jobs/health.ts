import type { Control } from '../../core/control.ts';
import type { JobRun } from '../../core/job.ts';
import type { JobContext, JobSpec } from '../job-spec.ts';
import {
  homeserverAnswers,
  type ProbePlan,
  type Readings,
  readControl,
  readDisk,
  readLoad,
  readMemory,
} from './health-readings.ts';
import { WATCHES } from './health-watches.ts';

export interface HealthOptions {
  readonly stateDir: string;
  readonly homeserver: string;
  readonly control: Pick<Control, 'alerts' | 'heartbeats'>;
  /** When this process started: a bot that starts beside it is not silent yet. */
  readonly startedAt: number;
  readonly probe: ProbePlan;
}

/** Reads the health of machine, homeserver and bot, raises an alert for what is wrong and clears what is right again. */
export function healthJob(options: HealthOptions): JobSpec {
  return {
    name: 'health',
    limitSeconds: 120,
    canDry: false,
    repeatable: true,
    async run(context) {
      const readings = await read(options, context);
      settleAlerts(options, context, readings);
      return figures(readings);
    },
  };
}

async function read(options: HealthOptions, context: JobContext): Promise<Readings> {
  context.progress({ step: 'health.probe' });
  const [disk, memory, answers] = await Promise.all([
    readDisk(options.stateDir),
    readMemory(),
    homeserverAnswers(options.homeserver, options.probe, context.signal),
  ]);
  return {
    ...disk,
    ...memory,
    loadPerCore: readLoad(),
    homeserverDownSeconds: answers ? 0 : downSeconds(context),
    ...readControl(options.control, options.startedAt, context.clock),
  };
}

/** Counted on from the run before, when the homeserver was silent then, too. At least a second: 0 means that it answers. */
function downSeconds({ previous, clock }: JobContext): number {
  const before = Number(previous?.figures.homeserverDownSeconds ?? 0);
  const since = previous?.endedAt != null && before > 0 ? (clock() - previous.endedAt) / 1000 : 0;
  return Math.max(1, Math.round(before + since));
}

function settleAlerts(options: HealthOptions, context: JobContext, readings: Readings): void {
  for (const watch of WATCHES) {
    const verdict = watch.judge(readings);
    if (verdict === true) {
      const facts = watch.facts(readings);
      // While the bot is silent nobody delivers alerts: the log says it, too.
      context.log.warn({ code: watch.code, ...facts }, 'health: not as it should be');
      options.control.alerts.raise({ code: watch.code, severity: watch.severity, key: watch.code, facts });
    } else if (verdict === false && options.control.alerts.clear(watch.code)) {
      context.log.info({ code: watch.code }, 'health: right again');
    }
  }
}

function figures(readings: Readings): JobRun['figures'] {
  const known = Object.entries(readings).filter((entry): entry is [string, number] => entry[1] !== null);
  return Object.fromEntries(known.map(([name, value]) => [name, Math.round(value * 1000) / 1000]));
}
