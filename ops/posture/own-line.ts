import type { CheckId, Finding, UnknownWhy } from '../../core/posture.ts';
import type { Fix, HostKind } from '../fixes/host-kind.ts';
import type { JudgedNow } from './judge-host.ts';
import { type Judged, short } from './line.ts';

/** What is not known of a line that ops reads by itself. */
export class NotKnown extends Error {
  readonly why: UnknownWhy;
  readonly finding: Finding;

  constructor(why: UnknownWhy, finding: Finding) {
    super(finding.says);
    this.why = why;
    this.finding = finding;
  }
}

/** A line that ops reads by itself. `read` throws `NotKnown`, or anything else for what could not be read. */
export interface OwnLine {
  readonly id: CheckId;
  readonly fix: Fix;
  readonly read: (now: number, host: HostKind) => Judged | Promise<Judged>;
}

/** Reads them all; whatever cannot be read is unknown. `onFailure` is told what went wrong, for the log. */
export async function judgeOwn(
  lines: readonly OwnLine[],
  {
    now,
    host,
    onFailure,
  }: { readonly now: number; readonly host: HostKind; readonly onFailure: (id: CheckId, thrown: unknown) => void },
): Promise<JudgedNow[]> {
  return Promise.all(
    lines.map(async ({ id, fix, read }): Promise<JudgedNow> => {
      try {
        const judged = await read(now, host);
        const { verdict, evidence } = judged;
        return { id, verdict, evidence: short(evidence), why: null, fix: (judged.fix ?? fix)(host), readAt: now };
      } catch (thrown) {
        const isKnown = thrown instanceof NotKnown;
        if (!isKnown) onFailure(id, thrown);
        const [why, evidence] = isKnown ? [thrown.why, [thrown.finding]] : (['failed', []] as const);
        return { id, verdict: 'unknown', evidence: short(evidence), why, fix: fix(host), readAt: now };
      }
    }),
  );
}
