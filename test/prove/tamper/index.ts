import { auditFile } from './audit-file.ts';
import { auditRow } from './audit-row.ts';
import { exported } from './export.ts';
import { keyFile } from './key-file.ts';
import { sealedKey } from './sealed-key.ts';
import { sealedPassage } from './sealed-passage.ts';
import type { TamperTarget } from './target.ts';
import { tenantFile } from './tenant-file.ts';

/** Everything that nobody may change unseen. */
export const TARGETS: readonly TamperTarget[] = [
  ...[keyFile, tenantFile, exported],
  ...[sealedPassage, sealedKey, auditRow, auditFile],
];
