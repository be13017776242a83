import { exporting } from './export.ts';
import type { KillScenario } from './scenario.ts';

/** Every change that is killed at its steps. */
export const SCENARIOS: readonly KillScenario[] = [exporting];
