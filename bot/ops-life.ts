import type { Heartbeats } from '../core/job.ts';
import type { OpsLife } from './wording/facts/jobs.ts';

/** Ops beats every minute; three missed beats count as silence. */
const SILENT_AFTER_MS = 180_000;

/** Whether the process of the jobs is there, by its heartbeat. For commands that tell of it. */
export function opsLife(heartbeats: Heartbeats, now: number): OpsLife {
  const beat = heartbeats.of('ops');
  if (beat === undefined) return { life: 'never', heardAgo: 0 };
  const heardAgo = Math.max(0, now - beat.at);
  return { life: heardAgo > SILENT_AFTER_MS ? 'silent' : 'alive', heardAgo };
}
