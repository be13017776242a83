/**
 * Whether what comes again is due: at `next`, or when the clock was set back so far that `next` lies further ahead than it ever
 * could (`atMost` milliseconds): what was to come in a moment must not wait for years.
 */
export function isDue(now: number, next: number, atMost: number): boolean {
  return now >= next || now < next - atMost;
}
