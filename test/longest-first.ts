import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * Files that take long, with the seconds they took on two quiet cores. Not exact and not kept so: only the order counts,
 * and a new file that takes ten seconds or more belongs here.
 */
const SECONDS: Readonly<Record<string, number>> = {
  'test/core/ingest/household.test.ts': 130,
  'test/e2e/restore.test.ts': 125,
  'test/prove/kill-steps.test.ts': 90,
  'test/e2e/backup.test.ts': 86,
  'test/ops/backup/rsync-remote.test.ts': 86,
  'test/e2e/prove-durability.test.ts': 85,
  'test/e2e/devices.test.ts': 72,
  'test/bot/papers.test.ts': 66,
  'test/e2e/start.test.ts': 58,
  'test/e2e/lockdown.test.ts': 53,
  'test/e2e/files.test.ts': 45,
  'test/e2e/demo.test.ts': 40,
  'test/core/ask/quality.test.ts': 37,
  'test/e2e/chat.test.ts': 36,
  'test/core/ingest/office-files.test.ts': 35,
  'test/bot/dispatcher.test.ts': 35,
  'test/core/ingest/hostile-files.test.ts': 33,
  'test/e2e/answers.test.ts': 33,
  'test/core/ingest/containers.test.ts': 32,
  'test/prove/hostile.test.ts': 31,
  'test/e2e/erase.test.ts': 31,
  'test/e2e/server.test.ts': 30,
  'test/e2e/prove-faults.test.ts': 28,
  'test/e2e/rooms.test.ts': 26,
  'test/e2e/sharing.test.ts': 24,
  'test/bot/console/console.test.ts': 22,
  'test/bench/ingest.test.ts': 20,
  'test/lab/family-client.test.ts': 19,
  'test/prove/isolation.test.ts': 19,
  'test/bot/quotes.test.ts': 18,
  'test/core/sqlite/store-freezer.test.ts': 30,
  'test/ops/backup/backup-command.test.ts': 25,
  'test/ops/restore-command.test.ts': 25,
  'test/bot/matrix/sender.test.ts': 22,
  'test/ops/backup/sftp-remote.test.ts': 21,
  'test/ops/runner.test.ts': 20,
  'test/core/resvg/draw-png.test.ts': 19,
  'test/prove/update.test.ts': 17,
  'test/ops/keys.test.ts': 17,
  'test/ops/kinkeeper.test.ts': 16,
  'test/lab/synapse.test.ts': 16,
  'test/core/ingest/recognition.test.ts': 16,
  'test/ops/read.test.ts': 15,
  'test/bot/matrix/crypto-kill.test.ts': 15,
  'test/prove/canaries.test.ts': 36,
  'test/prove/schedule.test.ts': 15,
  'test/bot/matrix/sync-loop.test.ts': 13,
  'test/ops/main.test.ts': 12,
  'test/core/ingest/read-file.test.ts': 12,
  'test/ops/import.test.ts': 11,
  'test/bot/family-rooms.test.ts': 11,
  'test/bot/start-embedding.test.ts': 10,
};

/**
 * Vitest's order of all files of all projects: what takes long begins first, so that nobody waits at the end for one file.
 * (Vitest's own order goes project by project and knows durations only of an earlier run, which a fresh clone has not.)
 */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const seconds = (file: TestSpecification) => SECONDS[relative(this.ctx.config.root, file.moduleId)] ?? 0;
    // The sort is stable: among files that take little, the order stays.
    return (await super.sort(files)).sort((one, other) => seconds(other) - seconds(one));
  }
}
