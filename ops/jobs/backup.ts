import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import { keepTestQuestions } from '../../core/backup/test-question.ts';
import type { OpenState } from '../../core/control.ts';
import type { BackupPlan } from '../backup/backup-plan.ts';
import { inMegabytes } from '../backup/in-megabytes.ts';
import { makeBackup } from '../backup/make-backup.ts';
import type { JobSpec } from '../job-spec.ts';

export interface BackupJobOptions {
  readonly state: Pick<OpenState, 'control' | 'vault' | 'freezeKeys' | 'releaseFiles'>;
  readonly stateDir: string;
  /** undefined: no backups are set up. */
  readonly backup: BackupPlan | undefined;
  readonly vectors: () => TokenVectors;
}

/** Makes a generation and checks it bit by bit. It counts as a backup once the job `drill` has proven it. */
export function backupJob({ state, stateDir, backup, vectors }: BackupJobOptions): JobSpec {
  return {
    name: 'backup',
    limitSeconds: 6 * 3600,
    canDry: false,
    repeatable: true,
    async run({ signal, clock, progress }) {
      if (backup === undefined) return { notSetUp: 1 };
      const questions = questionsOf(state, { vectors: vectors(), now: clock() });
      const { name, bytes, plainBytes, entries } = await makeBackup(backup, {
        ...{ state, stateDir, clock, signal },
        onProgress: ({ step, done, total }) => progress({ step, ...inMegabytes(done, total) }),
      });
      return { generation: name, bytes, plainBytes, entries, questions };
    },
  };
}

/** How many tenants have a question of their own now. Every file was opened for that, and nobody here needs one again soon. */
function questionsOf(
  state: BackupJobOptions['state'],
  searching: { readonly vectors: TokenVectors; readonly now: number },
): number {
  try {
    return keepTestQuestions(state, searching);
  } finally {
    state.releaseFiles();
  }
}
