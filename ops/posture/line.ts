import type { z } from 'zod';
import type { Check, CheckId, Finding } from '../../core/posture.ts';
import type { EvidenceKey, EvidenceTexts } from '../../core/wording/checklist/evidence/facts.ts';
import type { Fix } from '../fixes/host-kind.ts';
import type { ProbeName } from './probe-names.ts';

/** What a program said is not what is understood here: the line is not known. `finding`: what was looked for; a text is one of a program. */
export class Unclear extends Error {
  readonly finding: Finding;

  constructor(what: Finding | string) {
    const finding = typeof what === 'string' ? asRead(what) : what;
    super(finding.says);
    this.finding = finding;
  }
}

/** A verdict with what it rests on. `fix`: what mends just this, where that is another command than the line's. */
export type Judged = Pick<Check, 'evidence'> & { readonly verdict: 'pass' | 'fail'; readonly fix?: Fix };

/** What a line is judged by, beside what programs said. */
export interface LineContext {
  /** When the host was read, milliseconds since 1970. */
  readonly at: number;
}

/** Texts of the probes that a line reads: each of them ended well and whole. */
export type Said<Name extends ProbeName> = Readonly<Record<Name, string>>;

/**
 * One line that is read from the host. `judge` is pure; it throws `Unclear` where it does not understand what it reads. A probe that
 * is missing, failed or was cut never reaches it: the line is unknown then.
 */
export interface HostLine {
  readonly id: CheckId;
  readonly reads: readonly ProbeName[];
  /** Programs that a host may lack: their text is '' then. */
  readonly mayLack: readonly ProbeName[];
  readonly fix: Fix;
  /** Only where Docker is. */
  readonly ofDocker: boolean;
  readonly judge: (said: Said<ProbeName>, context: LineContext) => Judged;
}

/** Makes a line of its parts: `judge` sees just the probes that it names. */
export function hostLine<const Name extends ProbeName, const Optional extends ProbeName = never>(line: {
  readonly id: CheckId;
  readonly reads: readonly Name[];
  readonly mayLack?: readonly Optional[];
  readonly fix: Fix;
  readonly ofDocker?: true;
  readonly judge: (said: Said<Name | Optional>, context: LineContext) => Judged;
}): HostLine {
  return { ...line, mayLack: line.mayLack ?? [], ofDocker: line.ofDocker ?? false };
}

export const passed = (...evidence: readonly Finding[]): Judged => ({ verdict: 'pass', evidence });

export const failed = (...evidence: readonly Finding[]): Judged => ({ verdict: 'fail', evidence });

/** Fails with what is wrong, at most a few of it; passes with `good` when nothing is. */
export function unlessAny(wrong: readonly Finding[], ...good: readonly Finding[]): Judged {
  if (wrong.length === 0) return passed(...good);
  const more = wrong.length > MOST_SHOWN ? [found('more', { count: wrong.length - MOST_SHOWN })] : [];
  return failed(...wrong.slice(0, MOST_SHOWN), ...more);
}

/** A finding of the catalogue with what fills it. */
export function found<Key extends EvidenceKey>(says: Key, facts: EvidenceTexts[Key]): Finding {
  return { says, facts };
}

/** What a program said, or was asked, in its own words. */
export function asRead(text: string): Finding {
  return found('as-read', { text });
}

/** The same, said of a container, a file, a protocol. */
export function of(name: string, finding: Finding): Finding {
  return { ...finding, of: name };
}

const MOST_SHOWN = 4;

/** Lines of a text, without empty ones. */
export function linesOf(text: string): string[] {
  return text.split('\n').filter((line) => line.trim() !== '');
}

/** Lines of `key=value` as a map. A key that comes twice keeps its last value. */
export function valuesOf(text: string): Map<string, string> {
  return new Map(
    linesOf(text).map((line) => {
      const at = line.indexOf('=');
      if (at < 1) throw new Unclear(`key=value: ${line}`);
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** A text of JSON in a shape. Throws `Unclear`. */
export function jsonOf<Shape extends z.ZodType>(text: string, shape: Shape, what: string): z.infer<Shape> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Unclear(`${what}: JSON`);
  }
  const read = shape.safeParse(value);
  if (read.success) return read.data;
  throw new Unclear(`${what}: ${read.error.issues[0]?.path.join('.')}`);
}

/** A value that has to be there. Throws `Unclear` with what it is. */
export function must<Value>(value: Value | undefined | null, what: Finding | string): Value {
  if (value === undefined || value === null) throw new Unclear(what);
  return value;
}

/** A name that is given to people to type: no more than useradd takes. */
export function isAccountName(name: string): boolean {
  return /^[a-z_][a-z0-9_-]*$/.test(name);
}

const MOST_CHARACTERS = 160;

/** Evidence is one line of plain characters, and no stranger's name of a thing makes it longer, or ends the code span it stands in. */
export function short(evidence: readonly Finding[]): Finding[] {
  const plain = (value: string | number) => (typeof value === 'string' ? shortText(value) : value);
  return evidence.map(({ says, facts, of: name }) => ({
    says,
    facts: Object.fromEntries(Object.entries(facts).map(([key, value]) => [key, plain(value)])),
    ...(name !== undefined && { of: shortText(name) }),
  }));
}

function shortText(text: string): string {
  const plain = text.replace(/[^\x20-\x7e]/g, '?').replaceAll('`', "'");
  return plain.length > MOST_CHARACTERS ? `${plain.slice(0, MOST_CHARACTERS)}...` : plain;
}
