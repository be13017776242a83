import { subscribe } from 'node:diagnostics_channel';

// Preloaded into `kinkeeper setup` by a test: it dies at the step that KINKEEPER_TEST_DIE_AT names, at its first time.

subscribe('kinkeeper:step', (name) => {
  if (name === process.env.KINKEEPER_TEST_DIE_AT) process.kill(process.pid, 'SIGKILL');
});
