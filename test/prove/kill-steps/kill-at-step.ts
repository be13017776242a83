import { channel } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';

// Loaded into act.child.ts (and its threads) by `node --import`. Says each step as it is reached. KINKEEPER_TEST_STEP=<name>:<n>
// ends the process with SIGKILL when it reaches the step for the n-th time: no handler runs, nothing is flushed.

const [wanted, count] = (process.env.KINKEEPER_TEST_STEP ?? ':').split(':');
let left = Number(count);

channel('kinkeeper:step').subscribe((name) => {
  writeSync(1, `step ${String(name)}\n`);
  if (name !== wanted) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, 'SIGKILL');
});
