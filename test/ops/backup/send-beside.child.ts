import { createLogger } from '../../../core/log.ts';
import { openState } from '../../../core/sqlite/open-state.ts';
import type { FileStoreKind } from '../../../ops/backup/remotes/file-store.ts';
import { folderStore } from '../../../ops/backup/remotes/folder-store.ts';
import { OffsetRemote } from '../../../ops/backup/remotes/offset-remote.ts';
import { sendBesideJob } from '../../../ops/jobs/send-beside.ts';
import { ORDINARY_RUN } from '../ordinary-run.ts';

// Runs the job and is killed when half of a file lies at the remote.
const { stateDir, passphrase, plan, nas } = JSON.parse(process.argv[2]!);
const folder = folderStore({ name: 'nas', path: nas });
const kind: FileStoreKind = {
  faultOf: folder.faultOf,
  open: async (signal) => {
    const store = await folder.open(signal);
    const write = store.write.bind(store);
    store.write = (name, offset, chunks) =>
      write(
        name,
        offset,
        (async function* () {
          for await (const chunk of chunks) {
            yield chunk.subarray(0, Math.floor(chunk.length / 2));
            process.kill(process.pid, 'SIGKILL');
          }
        })(),
      );
    return store;
  },
};
using state = await openState({ stateDir, passphrase, create: false, clock: Date.now });
const context = { ...ORDINARY_RUN, signal: new AbortController().signal, clock: Date.now, previous: undefined };
const log = createLogger({ name: 'test', level: 'silent' });
await sendBesideJob({ state, backup: plan, remotes: [new OffsetRemote({ name: 'nas', kind })] }).run({
  ...context,
  log,
});
