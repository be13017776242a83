import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import { archiveName, type Generation, type Generations, LOCAL_PLACE } from '../../core/backup/generation.ts';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import type { JobProgress } from '../../core/job.ts';
import { wipe } from '../../core/keys/wipe.ts';
import type { BackupPlan } from '../backup/backup-plan.ts';
import { type Drill, type DrillProgress, drill } from '../backup/drill.ts';
import { inMegabytes } from '../backup/in-megabytes.ts';
import type { Remote } from '../backup/remote.ts';
import type { JobSpec } from '../job-spec.ts';

export interface DrillJobOptions {
  readonly state: Pick<OpenState, 'control' | 'openCopy'>;
  readonly stateDir: string;
  readonly backup: BackupPlan | undefined;
  readonly vectors: () => TokenVectors;
  readonly remotes: readonly Remote[];
}

/** The alert of a backup that did not prove itself. */
const FAILED = 'drill-failed';

/**
 * Restores the newest generation that was not proven yet into a scratch place, and lets it answer. The ops room hears of a proof, with time and size,
 * and at once when there is none.
 */
export function drillJob({ state, stateDir, backup, vectors, remotes }: DrillJobOptions): JobSpec {
  return {
    name: 'drill',
    limitSeconds: 6 * 3600,
    canDry: false,
    repeatable: true,
    async run({ signal, clock, progress }) {
      if (backup === undefined) return { notSetUp: 1 };
      const { backups, alerts } = state.control;
      const newest = toProve(backups);
      if (newest === undefined) return { nothingNew: 1 };
      try {
        const proof = await drill(newest, {
          ...{ state, stateDir, clock, signal, vectors: vectors(), scratchDir: stateDir },
          source: sourceOf(newest, { remotes, backup, signal }),
          onProgress: (at) => progress(stepOf(at)),
        });
        alerts.clear(FAILED);
        const { bytes = 0, seconds = 0, tenants = 0, questions = 0, leftOut = 0, place = LOCAL_PLACE } = proof;
        const facts = { generation: newest.name, bytes, seconds, tenants, questions, leftOut, place };
        alerts.raise({ code: 'backup-proven', severity: 'info', facts });
        return { generation: newest.name, ...proof };
      } catch (thrown) {
        if (!signal.aborted) tell(alerts, newest, thrown);
        throw thrown;
      }
    },
  };
}

/** The newest generation that was made here, unless it, or a newer one, is proven; those that are only known from a list open to nobody here. */
function toProve(backups: Generations): Generation | undefined {
  for (const generation of backups.all()) {
    if (generation.provenAt !== null) return undefined;
    const key = backups.sessionKey(generation.name);
    if (key === undefined) continue;
    wipe(key);
    return generation;
  }
  return undefined;
}

function stepOf(at: DrillProgress): JobProgress {
  return at.step === 'drill.fetching' ? { step: at.step, ...inMegabytes(at.done, at.total) } : at;
}

/** From the first remote that has it and may be read: what comes back from there is what a restore would get. Else from here. */
function sourceOf(generation: Generation, { remotes, backup, signal }: Sources): Drill['source'] {
  const file = archiveName(generation.name);
  const remote = remotes.find(
    ({ name, isReadable = true }) => isReadable && generation.copies.some(({ place }) => place === name),
  );
  if (remote !== undefined) return { place: remote.name, open: () => remote.read(file, signal, generation.bytes) };
  const open = async () => createReadStream(join(backup.localDir, file), { highWaterMark: 262_144 });
  return { place: LOCAL_PLACE, open };
}

interface Sources {
  readonly remotes: readonly Remote[];
  readonly backup: BackupPlan;
  readonly signal: AbortSignal;
}

function tell(alerts: OpenState['control']['alerts'], { name }: Generation, thrown: unknown): void {
  const reason = thrown instanceof AppError ? (thrown.reason ?? thrown.code) : 'internal';
  alerts.raise({ code: FAILED, severity: 'critical', key: FAILED, facts: { generation: name, reason } });
}
