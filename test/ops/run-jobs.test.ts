import { expect, test } from 'vitest';
import { loadConfig } from '../../config/load.ts';
import { createLogger } from '../../core/log.ts';
import { runJobs } from '../../ops/run-jobs.ts';
import { openTestState } from './open-test-state.ts';
import { TestFolder } from './run-program.ts';

test('a stop that came before the jobs were ready ends them all the same', async () => {
  const folder = new TestFolder();
  const opened = await openTestState(Date.now);
  try {
    const file = folder.settings(`stateDir: ${opened.stateDir}`);
    const loaded = loadConfig({ file, env: {}, secrets: [] });
    const log = createLogger({ name: 'test', level: 'silent' });
    await runJobs({ ...loaded, backup: undefined, state: opened.state, log, stop: AbortSignal.abort(), env: {} });
    expect(opened.state.control.heartbeats.of('ops')).toBeDefined();
  } finally {
    opened.remove();
    await folder.remove();
  }
});
