import { exported } from './export.ts';
import { keyFile } from './key-file.ts';
import type { TamperTarget } from './target.ts';
import { tenantFile } from './tenant-file.ts';

/** Everything that nobody may change unseen. */
export const TARGETS: readonly TamperTarget[] = [keyFile, tenantFile, exported];
