/** Milliseconds since 1970 (UTC). A parameter wherever time decides something, so that tests own it. */
export type Clock = () => number;

/** The machine's clock. */
export const systemClock: Clock = () => Date.now();
