import type { FreezeKeys } from '../../core/backup/frozen-state.ts';
import type { BackupPlan, BackupProgress } from './backup-plan.ts';
import type { WrittenGeneration } from './write-generation.ts';

/** What the backup's own process is asked. */
export interface BackupOrder {
  readonly plan: BackupPlan;
  readonly stateDir: string;
  readonly keys: FreezeKeys;
}

/** A failure on its way between processes: an AppError's parts, or only that it was something else. */
export interface SentFailure {
  readonly code: string;
  readonly message: string;
  readonly reason?: string | undefined;
  readonly hint?: string | undefined;
  readonly facts?: Readonly<Record<string, string | number>> | undefined;
}

/** What it says. */
export type BackupReply =
  | { readonly progress: BackupProgress }
  | { readonly written: WrittenGeneration }
  | { readonly failed: SentFailure };
