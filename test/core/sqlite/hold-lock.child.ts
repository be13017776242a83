// Holds a lock until it is killed. Argument: the lock file. Says "held" or the reason why not.
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { holdLock } from '../../../core/sqlite/process-lock.ts';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;
try {
  holdLock(process.argv[2]!);
  // Nobody refers to the lock here: it must outlive a collection all the same.
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    collectGarbage();
  }
  process.stdout.write('held\n');
  setInterval(() => {}, 60_000);
} catch (thrown) {
  process.stdout.write(`${(thrown as { reason?: string }).reason}\n`);
}
