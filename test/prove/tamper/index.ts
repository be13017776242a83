import { exported } from './export.ts';
import type { TamperTarget } from './target.ts';

/** Everything that nobody may change unseen. */
export const TARGETS: readonly TamperTarget[] = [exported];
