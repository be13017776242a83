import { systemClock } from '../../core/clock.ts';
import { turnCoreDumpsOff } from '../../core/core-dumps.ts';
import { AppError } from '../../core/errors.ts';
import type { BackupOrder, BackupReply, SentFailure } from './child-messages.ts';
import { writeGeneration } from './write-generation.ts';

// Started by write-in-child.ts, which gives it one order and ends it. It goes when its parent has gone.
process.umask(0o077);
turnCoreDumpsOff();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => undefined);
process.on('disconnect', () => process.exit(1));

const say = (reply: BackupReply) => new Promise<void>((resolve) => process.send!(reply, () => resolve()));

process.once('message', async (order: BackupOrder) => {
  try {
    const written = await writeGeneration(order.plan, {
      ...{ stateDir: order.stateDir, keys: order.keys, clock: systemClock, signal: new AbortController().signal },
      onProgress: (progress) => void say({ progress }),
    });
    await say({ written });
  } catch (thrown) {
    await say({ failed: failureOf(thrown) });
  }
  process.exit(0);
});

function failureOf(thrown: unknown): SentFailure {
  if (thrown instanceof AppError) {
    const { code, message, reason, hint, facts } = thrown;
    return { code, message, reason, hint, facts };
  }
  // Its text may quote what nobody should read: the name and the system's code say enough.
  const { name, code } = thrown as { name?: string; code?: string };
  return {
    code: code ?? 'internal',
    message: `the backup's process failed (${name ?? 'unknown'}${code ? `, ${code}` : ''})`,
  };
}
