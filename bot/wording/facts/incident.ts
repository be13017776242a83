import type { LockedOutcome } from '../../../core/incident/locked-work.ts';
import type { Markdown } from '../markdown.ts';
import type { NoFacts } from './shape.ts';

/** What the ops room hears about an incident: counts, names of archives and commands, never anyone's words. */
export interface IncidentFacts {
  /** Under the answer to `!evidence`. */
  'evidence.about': NoFacts;
  /** Said by the locked bot, each once: what ops did without keys. */
  'lockdown.outside': { readonly result: LockedOutcome };
  /** `archive` is empty where there is none. */
  'lockdown.evidence': { readonly result: LockedOutcome; readonly archive: Markdown; readonly sha256: Markdown };
  /** Nothing was heard of ops. */
  'lockdown.no-ops': NoFacts;
}
