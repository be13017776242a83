/** How long questions and answers are remembered: a day, so that a person can still complain about an answer of this morning. */
export const TURNS_KEPT_MS = 24 * 3_600_000;
