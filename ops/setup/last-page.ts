import type { Plan } from './plan/plan.ts';
import { userIdOf } from './plan/settings-text.ts';
import { shellLine } from './shell-line.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** What a run has to tell at its end. */
interface LastPage {
  readonly plan: Pick<Plan, 'answers' | 'settingsFile' | 'containerHost'>;
  /** Folder of the product. */
  readonly product: string;
  readonly tookMs: number;
  /** Of a run after the first that came to its end: what it changed, line by line, and local names of people it let in. */
  readonly later: { readonly changes: readonly string[]; readonly people: readonly string[] } | undefined;
}

/**
 * What set-up says last. The first time: what an admin does now, the recovery keys before all. Later ones made no such keys, and whoever wrote
 * them down must not go looking for others: they say what changed, and what follows from that.
 */
export function lastPage({ plan, product, tookMs, later }: LastPage): string {
  const { answers, settingsFile } = plan;
  const doctor = shellLine(plan, product, 'doctor');
  if (later !== undefined) return sayAtSetup(answers.language, 'finished-again', { ...later, doctor, tookMs });
  const admin = userIdOf(answers, answers.people.find(({ role }) => role === 'admin')!.name);
  const reset = shellLine(plan, product, `people reset ${admin}`);
  return sayAtSetup(answers.language, 'finished', { admin, settingsFile, doctor, reset, tookMs });
}
