import { timingSafeEqual } from 'node:crypto';

/** Compares secrets in a time that does not depend on where they differ (only on whether their lengths do). */
export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
