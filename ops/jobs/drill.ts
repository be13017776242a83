import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import {
  archiveName,
  type BackupProof,
  type Generation,
  type Generations,
  LOCAL_PLACE,
} from '../../core/backup/generation.ts';
import { isMadeAhead } from '../../core/backup/made-ahead.ts';
import { newestProven } from '../../core/backup/newest-proven.ts';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import type { JobProgress, JobRun } from '../../core/job.ts';
import { wipe } from '../../core/keys/wipe.ts';
import { reference } from '../../core/log.ts';
import type { BackupPlan } from '../backup/backup-plan.ts';
import { type DrillProgress, drill } from '../backup/drill.ts';
import { inMegabytes } from '../backup/in-megabytes.ts';
import { lookAt } from '../backup/look-again.ts';
import type { Remote } from '../backup/remote.ts';
import { TimeShares } from '../backup/time-shares.ts';
import type { JobContext, JobSpec } from '../job-spec.ts';

export interface DrillJobOptions {
  readonly state: Pick<OpenState, 'control' | 'openCopy'>;
  readonly stateDir: string;
  readonly backup: BackupPlan | undefined;
  readonly vectors: () => TokenVectors;
  readonly remotes: readonly Remote[];
}

/** Half of it for a remote on a slow line, where the copy here comes after it. */
const LIMIT_SECONDS = 12 * 3600;

/** The alert of a backup that did not prove itself. */
const FAILED = 'drill-failed';
/** The alert of a copy that is not what was sent there, or that its place does not give, while another one is good. */
const BAD_COPY = 'backup-copy-bad';

/**
 * Restores the newest generation that was not proven yet into a scratch place, and lets it answer. A copy that is bad, or does not come
 * in its part of the time, stops no proof from another place.
 * Where somebody asks and nothing is new, the copies of the newest that is proven are read again. The ops room hears of a proof, with time and size, of copies that are bad, and at once when there is no proof.
 */
export function drillJob(options: DrillJobOptions): JobSpec {
  const { state, stateDir, backup, vectors, remotes } = options;
  return {
    name: 'drill',
    limitSeconds: LIMIT_SECONDS,
    canDry: false,
    repeatable: true,
    async run(context) {
      if (backup === undefined) return { notSetUp: 1 };
      const { signal, clock, progress } = context;
      const { backups, alerts } = state.control;
      const newest = toProve(backups, clock());
      if (newest === undefined) return context.isAsked ? lookAtProven(options, backup, context) : { nothingNew: 1 };
      const parts = { state, stateDir, clock, vectors: vectors(), scratchDir: stateDir };
      const onProgress = (at: DrillProgress) => progress(stepOf(at));
      const sources = sourcesOf(newest, { remotes, backup });
      const shares = new TimeShares({ seconds: LIMIT_SECONDS, count: sources.length, signal });
      try {
        const { proof, bad } = await firstProof(sources, ({ place, open }) =>
          shares.within(place, (own) => {
            const source = { place, open: () => open(own) };
            return drill(newest, { ...parts, signal: own, source, onProgress });
          }),
        );
        alerts.clear(FAILED);
        const { bytes = 0, seconds = 0, tenants = 0, questions = 0, leftOut = 0, place = LOCAL_PLACE } = proof;
        alerts.clear(`${BAD_COPY}:${place}`);
        for (const { place: remote, reason } of bad) {
          // Read once more and sent again by the job that sends; until then it is no reason to remove others there.
          if (reason === 'backup-damaged') backups.noteCopy(newest.name, { place: remote, verifiedAt: 0 });
          tellBad(alerts, { generation: newest.name, remote, reason });
        }
        const facts = { generation: newest.name, bytes, seconds, tenants, questions, leftOut, place };
        alerts.raise({ code: 'backup-proven', severity: 'info', facts });
        return { generation: newest.name, ...proof, ...(bad.length > 0 && { badCopies: bad.length }) };
      } catch (thrown) {
        if (!signal.aborted) tell(alerts, newest, thrown);
        throw thrown;
      }
    },
  };
}

/**
 * The newest generation that was made here, unless it, or a newer one, is proven; those that are only known from a list open to nobody here. One
 * of the future stands for none: a clock that was ahead once would end all proofs until then.
 */
function toProve(backups: Generations, now: number): Generation | undefined {
  for (const generation of backups.all()) {
    if (isMadeAhead(generation, now)) continue;
    if (generation.provenAt !== null) return undefined;
    const key = backups.sessionKey(generation.name);
    if (key === undefined) continue;
    wipe(key);
    return generation;
  }
  return undefined;
}

/**
 * The key that opened the newest proven backup is gone with its proof, so nothing here can open it once more. That each of its copies still is
 * the file that was proven can be seen. One that is not is an alert, and counts no longer. Figures: `whole` and `changed` copies, how many places
 * `failed` to give one, and `failedAt` which.
 */
async function lookAtProven(
  { state: { control }, remotes }: DrillJobOptions,
  backup: BackupPlan,
  { signal, clock, log }: JobContext,
): Promise<JobRun['figures']> {
  const { backups, alerts } = control;
  const newest = newestProven(backups.all(), clock());
  if (newest === undefined) return { nothingNew: 1 };
  // Also those that were found to be damaged: that nothing is whole any more is no good news.
  const isKnown = (name: string) => newest.copies.some(({ place }) => place === name);
  const sources = sourcesOf(newest, { remotes, backup }).filter(({ place }) => isKnown(place));
  const shares = new TimeShares({ seconds: LIMIT_SECONDS, count: sources.length, signal });
  const figures = { whole: 0, changed: 0 };
  const failedAt: string[] = [];

  for (const { place, open } of sources) {
    const onChanged = () =>
      alerts.raise({
        ...{ code: 'backup-copy-changed', severity: 'critical' },
        facts: { remote: place, generation: newest.name },
      });
    try {
      const isWhole = await shares.within(place, async (own) => {
        // A place that lets nobody in says nothing about its copy.
        await remotes.find(({ name }) => name === place)?.list(own, []);
        const looking = { backups, clock, signal: own, onChanged };
        return lookAt({ name: place, read: () => open(own) }, newest, looking);
      });
      if (isWhole) figures.whole++;
      else figures.changed++;
    } catch (thrown) {
      signal.throwIfAborted();
      log.warn({ err: thrown, remote: place, reference: reference() }, 'a copy could not be read again');
      failedAt.push(place);
    }
  }
  const failed = { failed: failedAt.length, ...(failedAt.length > 0 && { failedAt: failedAt.join(', ') }) };
  return { generation: newest.name, ...figures, ...failed };
}

function stepOf(at: DrillProgress): JobProgress {
  return at.step === 'drill.fetching' ? { step: at.step, ...inMegabytes(at.done, at.total) } : at;
}

/** A copy that could not be used, and why. */
interface BadCopy {
  readonly place: string;
  readonly reason: string;
}

/** The proof of the first copy that is good; what is wrong with a copy says nothing about the next. Throws what was wrong with the first when none is. */
async function firstProof(
  sources: readonly Source[],
  prove: (source: Source) => Promise<BackupProof>,
): Promise<{ proof: BackupProof; bad: BadCopy[] }> {
  const bad: (BadCopy & { readonly thrown: unknown })[] = [];
  for (const source of sources) {
    try {
      return { proof: await prove(source), bad };
    } catch (thrown) {
      if (!isOfItsPlace(thrown)) throw thrown;
      bad.push({ place: source.place, reason: reasonOf(thrown), thrown });
    }
  }
  throw bad[0]?.thrown;
}

/** Whether another copy of the same backup may be good: this one is damaged, or its place does not give it. */
function isOfItsPlace(thrown: unknown): boolean {
  if (!(thrown instanceof AppError))
    return ['ENOENT', 'EACCES', 'EIO'].includes(String((thrown as NodeJS.ErrnoException).code));
  return thrown.reason === 'backup-damaged' || (thrown.reason === undefined && thrown.code !== 'internal');
}

/** A place that has the backup. */
interface Source {
  readonly place: string;
  open(signal: AbortSignal): Promise<Readable>;
}

/** From the remotes that have it and may be read first: what comes back from there is what a restore would get. Then from here. */
function sourcesOf(generation: Generation, { remotes, backup }: Sources): Source[] {
  const file = archiveName(generation.name);
  const isThere = (name: string) => generation.copies.some(({ place }) => place === name);
  const there = remotes.filter(({ name, isReadable = true }) => isReadable && isThere(name));
  const open = async () => createReadStream(join(backup.localDir, file), { highWaterMark: 262_144 });
  return [
    ...there.map((one) => ({
      place: one.name,
      open: (signal: AbortSignal) => one.read(file, signal, generation.bytes),
    })),
    ...(there.length === 0 || isThere(LOCAL_PLACE) ? [{ place: LOCAL_PLACE, open }] : []),
  ];
}

interface Sources {
  readonly remotes: readonly Remote[];
  readonly backup: BackupPlan;
}

function tell(alerts: OpenState['control']['alerts'], { name }: Generation, thrown: unknown): void {
  const facts = { generation: name, reason: reasonOf(thrown) };
  alerts.raise({ code: FAILED, severity: 'critical', key: FAILED, facts });
}

function tellBad(
  alerts: OpenState['control']['alerts'],
  facts: { readonly generation: string; readonly remote: string; readonly reason: string },
): void {
  alerts.raise({ code: 'backup-copy-bad', severity: 'critical', key: `${BAD_COPY}:${facts.remote}`, facts });
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof AppError ? (thrown.reason ?? thrown.code) : 'internal';
}
