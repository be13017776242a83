// Writes a generation, as the backup's own process does, or restores one. Arguments: an order as JSON. Says what each part took, as JSON.
import { createReadStream, renameSync } from 'node:fs';
import { readPrivateKey } from 'openpgp';
import { readArchive } from '../../../ops/backup/archive/read-archive.ts';
import type { BackupPlan } from '../../../ops/backup/backup-plan.ts';
import { unpackEntry } from '../../../ops/backup/unpack.ts';
import { writeGeneration } from '../../../ops/backup/write-generation.ts';
import { openTestState } from '../../core/sqlite/temporary-state.ts';

type OurOrder =
  | { readonly plan: BackupPlan; readonly stateDir: string; readonly to: string }
  | { readonly archive: string; readonly privateKey: string; readonly into: string };

const order = JSON.parse(process.argv[2]!) as OurOrder;
const signal = new AbortController().signal;
const now = () => ({ wall: performance.now() / 1000, cpu: cpuSeconds() });
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000_000;
}
const since = (from: ReturnType<typeof now>, to = now()) => ({ wall: to.wall - from.wall, cpu: to.cpu - from.cpu });

if ('plan' in order) {
  const state = await openTestState(order.stateDir, { create: false });
  const keys = state.freezeKeys();
  state[Symbol.dispose]();
  const began = now();
  let written = began;
  const made = await writeGeneration(order.plan, {
    ...{ stateDir: order.stateDir, keys, clock: Date.now, signal },
    onProgress: ({ step }) => {
      if (step === 'backup.verifying') written = now();
    },
  });
  const { bytes, plainBytes } = made.facts;
  renameSync(made.temporary, order.to);
  process.stdout.write(
    `${JSON.stringify({ write: since(began, written), verify: since(written), bytes, plainBytes })}\n`,
  );
} else {
  const began = now();
  const privateKeys = [await readPrivateKey({ armoredKey: order.privateKey })];
  await readArchive(createReadStream(order.archive, { highWaterMark: 2 ** 19 }), {
    ...{ keys: { privateKeys }, signal },
    onEntry: (entry) => unpackEntry(entry, order.into, signal),
  });
  process.stdout.write(`${JSON.stringify({ restore: since(began) })}\n`);
}
