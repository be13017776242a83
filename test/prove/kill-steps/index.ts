import { eraseDocuments } from './erase-documents.ts';
import { erasePerson } from './erase-person.ts';
import { exporting } from './export.ts';
import { masterKey } from './master-key.ts';
import { passphrase } from './passphrase.ts';
import type { KillScenario } from './scenario.ts';
import { tenantKey } from './tenant-key.ts';

/** Every change that is killed at its steps. */
export const SCENARIOS: readonly KillScenario[] = [
  ...[tenantKey, masterKey, passphrase],
  ...[erasePerson, eraseDocuments, exporting],
];
