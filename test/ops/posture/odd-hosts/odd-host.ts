import type { CheckId } from '../../../../core/posture.ts';
import type { ProbeName } from '../../../../ops/posture/probe-names.ts';
import { container, GOOD, nginx } from '../good-host.ts';

/** Texts of probes that are other than on the good host. */
export type Changed = Partial<Record<ProbeName, string>>;

/** Hosts that differ from the good one in one thing each. */
export interface OddHosts {
  /** For each line what makes it fail. */
  readonly fails: Readonly<Partial<Record<CheckId, readonly (readonly [string, Changed])[]>>>;
  /** What is well by another way than on the good host. */
  readonly well: readonly (readonly [string, CheckId, Changed])[];
  /** What nobody can tell by what was read. */
  readonly unclear: readonly (readonly [string, CheckId, Changed])[];
}

/** One piece of what a program said in the place of another. Throws Error where that does not stand there. */
export const swapped = (name: ProbeName, from: string | RegExp, to: string): Changed => {
  const text = GOOD[name].replace(from, to);
  if (text === GOOD[name]) throw new Error(`${name} holds no ${from}`);
  return { [name]: text };
};

/** One line more of what a program said. */
export const added = (name: ProbeName, line: string): Changed => ({ [name]: `${GOOD[name].trimEnd()}\n${line}\n` });

/** Another container in the place of the bot's. */
export const one = (more: Readonly<Record<string, unknown>>): Changed => ({
  containers: `${container(more)}\n${nginx()}\n`,
});
