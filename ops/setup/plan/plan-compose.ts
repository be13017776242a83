import { AppError } from '../../../core/errors.ts';
import type { ComposeAnswers } from '../answers.ts';
import type { Plan, PlanFacts } from './plan.ts';

/** What makes a household of containers. */
export function planCompose(_answers: ComposeAnswers, _facts: PlanFacts): Plan {
  throw new AppError('unsupported', 'set-up cannot make a household of containers yet', {
    hint: 'Choose kind: bare, or follow the README.',
  });
}
