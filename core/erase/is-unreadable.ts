import { AppError } from '../errors.ts';

const REASONS: ReadonlySet<string> = new Set(['store-unreadable', 'store-missing']);

/** True where a tenant's file is damaged or gone, so that nobody can read it: that must not keep anybody from being erased. */
export function isUnreadable(thrown: unknown): boolean {
  return thrown instanceof AppError && REASONS.has(thrown.reason ?? '');
}
