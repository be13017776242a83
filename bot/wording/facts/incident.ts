import type { NoFacts } from './shape.ts';

/** What the ops room hears about an incident: counts, names of archives and commands, never anyone's words. */
export interface IncidentFacts {
  /** Under the answer to `!evidence`. */
  'evidence.about': NoFacts;
}
