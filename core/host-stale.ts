/** The host helper looks every few minutes; after so long (milliseconds) what it saw says nothing of now any more. */
export const HOST_STALE_MS = 3_600_000;
