import type { Check, CheckId, Finding, UnknownWhy } from '../../core/posture.ts';
import type { HostKind } from '../fixes/host-kind.ts';
import { asRead, type HostLine, type Judged, type Said, short, Unclear } from './line.ts';
import type { Posture, Probe } from './posture-shape.ts';
import type { ProbeName } from './probe-names.ts';
import type { SeenHost } from './read-posture.ts';

/** A line as judged now, without what was before. */
export type JudgedNow = Omit<Check, 'lastKnown'>;

/**
 * Judges the lines that are read from the host. Whatever is missing, failed, cut or not understood is unknown, never a pass. `host`: where what
 * mends a line is typed.
 */
export function judgeHost(lines: readonly HostLine[], seen: SeenHost, host: HostKind): JudgedNow[] {
  return lines.map((line) => {
    const fix = line.fix(host);
    if (!('posture' in seen)) return unknown(line.id, fix, { why: seen.why, evidence: [], readAt: seen.at ?? null });
    const { at } = seen.posture;
    const judged = judgeLine(line, seen.posture);
    if ('why' in judged) return unknown(line.id, fix, { ...judged, readAt: at });
    const { verdict, evidence } = judged;
    return { id: line.id, verdict, evidence: short(evidence), why: null, fix: judged.fix?.(host) ?? fix, readAt: at };
  });
}

/** Whether this host runs the product, or anything, in Docker. Not known where that cannot be told: then its lines count. */
export function hasDocker(seen: SeenHost): boolean {
  if (!('posture' in seen)) return true;
  const { settings, docker } = seen.posture.probes;
  const isCompose = settings === undefined || /^deployment=compose$/m.test(settings.text);
  return isCompose || docker?.code !== NO_PROGRAM;
}

const NO_PROGRAM = 127;

interface Unknown {
  readonly why: UnknownWhy;
  readonly evidence: readonly Finding[];
}

function judgeLine(line: HostLine, { at, probes }: Posture): Judged | Unknown {
  const lacks = (name: ProbeName) => line.mayLack.includes(name) && probes[name]?.code === NO_PROGRAM;
  const read = [...line.reads, ...line.mayLack.filter((name) => !lacks(name))];
  const missing = read.map((name) => [name, whyNot(probes[name])] as const).find(([, why]) => why !== undefined);
  if (missing !== undefined) return { why: missing[1]!, evidence: [asRead(missing[0])] };
  const texts = [
    ...read.map((name) => [name, probes[name]!.text]),
    ...line.mayLack.filter(lacks).map((name) => [name, '']),
  ];
  const said = Object.fromEntries(texts) as Said<ProbeName>;
  try {
    return line.judge(said, { at });
  } catch (thrown) {
    if (!(thrown instanceof Unclear)) throw thrown;
    return { why: 'unclear', evidence: [thrown.finding] };
  }
}

function whyNot(probe: Probe | undefined): UnknownWhy | undefined {
  if (probe === undefined || probe.code === NO_PROGRAM) return 'no-program';
  if (probe.code !== 0) return 'failed';
  return probe.cut ? 'cut' : undefined;
}

function unknown(
  id: CheckId,
  fix: string,
  { why, evidence, readAt }: Unknown & { readonly readAt: number | null },
): JudgedNow {
  return { id, verdict: 'unknown', evidence: short(evidence), why, fix, readAt };
}
