import type { Check, CheckId } from '../../../../core/posture.ts';

/** One state of a host, really made, and what its line of the checklist has to say of it. */
export interface Scenario {
  readonly id: CheckId;
  /** What is so, in words. */
  readonly name: string;
  /** Scripts of the shell, as root: they make it so, and put it back by hand or by the fix that the line names. */
  readonly make: string;
  readonly mend: string;
  /** How the command ends that the line names to mend it, where it is not that of the line. */
  readonly fix?: string;
  /** Left out: fail. `pass`: what looks bad and is not. `no-pass`: not known on one system, and failing on another. */
  readonly wanted?: Check['verdict'] | 'no-pass';
  /** Other lines that rightly fail by it, too. */
  readonly also?: readonly CheckId[];
  /** The scripts run beside the machine, where its Docker engine lives. */
  readonly isBeside?: true;
}

/** One that its line has to fail by. */
export const scene = (id: CheckId, name: string, make: string, mend: string): Scenario => ({ id, name, make, mend });

/** Scenarios that follow each other; several lanes go on at once, as they touch different things. */
export type Lane = readonly Scenario[];

/** What came of it. */
export interface Tally {
  /** Lines that were seen to pass, and to fail. */
  readonly passed: Set<CheckId>;
  readonly failed: Set<CheckId>;
  passes: number;
  fails: number;
  looks: number;
  /** Passed though it is bad. */
  readonly falseTicks: string[];
  /** Failed though it is well. */
  readonly falseAlarms: string[];
  /** Not known though it could be told, or the scenario could not be made or put back. */
  readonly wrong: string[];
  /** Of those, what was said by now. */
  readonly said: Set<string>;
}

export function emptyTally(): Tally {
  const lists = { falseTicks: [], falseAlarms: [], wrong: [] };
  return { passed: new Set(), failed: new Set(), said: new Set(), passes: 0, fails: 0, looks: 0, ...lists };
}
