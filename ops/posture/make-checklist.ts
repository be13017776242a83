import { CHECKS, type Check, type CheckId, type Checklist, type HostCommands } from '../../core/posture.ts';
import { installHelper, kinkeeper, word } from '../fixes/commands.ts';
import type { HostKind } from '../fixes/host-kind.ts';
import { hostOf } from './host-of.ts';
import { hasDocker, judgeHost } from './judge-host.ts';
import { HOST_CHECKS } from './lines/index.ts';
import { judgeOwn, type OwnLine } from './own-line.ts';
import type { SeenHost } from './read-posture.ts';

export interface ChecklistOptions {
  readonly seen: SeenHost;
  readonly own: readonly OwnLine[];
  /** The host as ops sees it by itself. */
  readonly here: HostKind;
  /** The one before; undefined before the first. */
  readonly before: Checklist | undefined;
  readonly now: number;
  readonly onFailure: (id: CheckId, thrown: unknown) => void;
}

/** Judges every line now. Lines of Docker are left out where the host has none and the product does not run in it. */
export async function makeChecklist({
  seen: read,
  own,
  here,
  before,
  now,
  onFailure,
}: ChecklistOptions): Promise<Checklist> {
  const seen = whatIsMissing(read, here);
  const isDocker = hasDocker(seen);
  const lines = HOST_CHECKS.filter(({ ofDocker }) => isDocker || !ofDocker);
  const host = hostOf(seen, here);
  const judged = [...judgeHost(lines, seen, host), ...(await judgeOwn(own, { now, host, onFailure }))];
  const known = new Map(before?.checks.map((check) => [check.id, check.lastKnown]));
  const checks = CHECKS.flatMap((id): Check[] => {
    const one = judged.find((check) => check.id === id);
    if (one === undefined) return [];
    return [{ ...one, lastKnown: one.verdict === 'unknown' ? (known.get(id) ?? null) : one.verdict }];
  });
  const leftOut = CHECKS.filter((id) => !checks.some((check) => check.id === id));
  return {
    at: now,
    hostReadAt: 'posture' in seen ? seen.posture.at : (seen.at ?? null),
    checks,
    leftOut,
    commands: commandsOf(host),
  };
}

/** Where nothing came of a helper it may not be there at all; and where there is no systemd it cannot be. */
function whatIsMissing(seen: SeenHost, { hasHelper, hasSystemd }: HostKind): SeenHost {
  if ('posture' in seen || !['no-helper', 'no-posture'].includes(seen.why)) return seen;
  if (!hasSystemd) return { why: 'no-systemd' };
  return hasHelper ? seen : { why: 'no-helper' };
}

function commandsOf(host: HostKind): HostCommands {
  return {
    install: installHelper(host),
    trustKey: kinkeeper(host, 'checklist --trust-key'),
    measures: word(`${host.product}/ops/host/measures`),
  };
}
