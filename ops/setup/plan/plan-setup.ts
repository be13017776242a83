import type { Answers } from '../answers.ts';
import type { Plan, PlanFacts } from './plan.ts';
import { planBare } from './plan-bare.ts';
import { planCompose } from './plan-compose.ts';

/** Answers and facts as a plan. Pure: the same answers on the same machine are the same plan. */
export function planSetup(answers: Answers, facts: PlanFacts): Plan {
  return answers.kind === 'compose' ? planCompose(answers, facts) : planBare(answers, facts);
}
