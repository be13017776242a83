/** A moment (milliseconds) as the terminal tells it, to the minute and in UTC: `2026-11-30 03:15`. */
export function minute(at: number): string {
  return new Date(at).toISOString().slice(0, 16).replace('T', ' ');
}
