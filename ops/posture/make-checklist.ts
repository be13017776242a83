import { CHECKS, type Check, type CheckId, type Checklist } from '../../core/posture.ts';
import { hostPlacesOf } from './host-places.ts';
import { hasDocker, judgeHost } from './judge-host.ts';
import { HOST_CHECKS } from './lines/index.ts';
import { judgeOwn, type OwnLine } from './own-line.ts';
import type { SeenHost } from './read-posture.ts';

export interface ChecklistOptions {
  readonly seen: SeenHost;
  readonly own: readonly OwnLine[];
  /** The one before; undefined before the first. */
  readonly before: Checklist | undefined;
  readonly now: number;
  readonly onFailure: (id: CheckId, thrown: unknown) => void;
}

/** Judges every line now. Lines of Docker are left out where the host has none and the product does not run in it. */
export async function makeChecklist({ seen, own, before, now, onFailure }: ChecklistOptions): Promise<Checklist> {
  const isDocker = hasDocker(seen);
  const lines = HOST_CHECKS.filter(({ ofDocker }) => isDocker || !ofDocker);
  const judged = [...judgeHost(lines, seen), ...(await judgeOwn(own, { now, places: hostPlacesOf(seen), onFailure }))];
  const known = new Map(before?.checks.map((check) => [check.id, check.lastKnown]));
  const checks = CHECKS.flatMap((id): Check[] => {
    const one = judged.find((check) => check.id === id);
    if (one === undefined) return [];
    return [{ ...one, lastKnown: one.verdict === 'unknown' ? (known.get(id) ?? null) : one.verdict }];
  });
  const leftOut = CHECKS.filter((id) => !checks.some((check) => check.id === id));
  return { at: now, hostReadAt: 'posture' in seen ? seen.posture.at : (seen.at ?? null), checks, leftOut };
}
