import { execa } from 'execa';
import { type FrozenFile, inMemory } from '../../../core/backup/frozen-state.ts';
import { AppError } from '../../../core/errors.ts';
import type { PostgresAddress } from './postgres-address.ts';

/** The size of a tar entry is written before it, and nobody knows the size of a dump before its end. */
const PIECE_BYTES = 4 * 1024 ** 2;

/** Keys that were handed out once must not be handed out again after a restore (Synapse, "Backups"); clients upload new ones by themselves. */
export const ONE_TIME_KEYS = 'e2e_one_time_keys_json';

/**
 * A consistent dump of the homeserver's database in pieces, in PostgreSQL's own format (`pg_restore` reads them put together),
 * while it runs. Throws AppError `unavailable` (reason `homeserver-dump`) when pg_dump fails or is missing.
 */
export async function* dumpPostgres(
  address: PostgresAddress,
  { prefix, signal }: { prefix: string; signal: AbortSignal },
): AsyncIterable<FrozenFile> {
  const args = ['-Fc', '--compress=0', '--no-owner', `--exclude-table-data=${ONE_TIME_KEYS}`];
  const dump = execa('pg_dump', args, {
    env: { ...address },
    stdin: 'ignore',
    buffer: false,
    encoding: 'buffer',
    cancelSignal: signal,
    reject: false,
  });
  let number = 0;
  let waiting: Uint8Array[] = [];
  let bytes = 0;
  const piece = (): FrozenFile => {
    const content = Buffer.concat(waiting);
    waiting = [];
    bytes = 0;
    return inMemory(`${prefix}${String(number++).padStart(6, '0')}`, content);
  };
  for await (const chunk of dump.iterable({ from: 'stdout', binary: true, preserveNewlines: true })) {
    waiting.push(chunk as Uint8Array);
    bytes += (chunk as Uint8Array).length;
    if (bytes >= PIECE_BYTES) yield piece();
  }
  if (bytes > 0) yield piece();
  const { failed, exitCode } = await dump;
  signal.throwIfAborted();
  if (failed) {
    throw new AppError(
      'unavailable',
      `the homeserver's database could not be dumped (pg_dump: ${exitCode ?? 'not there'})`,
      {
        reason: 'homeserver-dump',
        hint: 'Is pg_dump installed, at least as new as the server, and does homeserver.connectionFile still fit?',
      },
    );
  }
}
