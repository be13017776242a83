/**
 * How long a test waits for what has to come, in milliseconds: long, because the machine may be busy with other things, and a
 * wait ends as soon as it has come. Below the time-out of a test (vitest.config.ts), so that what was missed can be told.
 */
export const PATIENCE_MS = 120_000;
