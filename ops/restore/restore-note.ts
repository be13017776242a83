import { existsSync, readFileSync, rmSync } from 'node:fs';
import { z } from 'zod';
import { restoreNote } from '../../core/backup/restoring.ts';
import { AppError } from '../../core/errors.ts';
import { writeDurably } from '../../core/keys/durable-write.ts';

const shape = z.object({
  format: z.literal(1),
  /** Which archive: its hash. */
  sha256: z.string(),
  /** unpacking: what is there is thrown away at the next try. unpacked: it is whole. placing: it is ready, and partly moved. */
  step: z.enum(['unpacking', 'unpacked', 'placing']),
  /** The stores have opened, and the homeserver's database is being filled, in one transaction: empty or whole. */
  fillsDatabase: z.boolean(),
  /** Kind of the homeserver that comes back with it; missing in notes of before. */
  homeserver: z.enum(['none', 'sqlite', 'postgres']).optional(),
  /** Where the homeserver's folder is put together; missing where it does not come back, and in notes of before. */
  homeserverStaging: z.string().optional(),
});

/** How far a restore has come. */
export type RestoreNote = z.infer<typeof shape>;

/** undefined when none is under way. Throws AppError `unavailable` (reason `restore-note`) for a note that cannot be read. */
export function readNote(stateDir: string): RestoreNote | undefined {
  const path = restoreNote(stateDir);
  if (!existsSync(path)) return undefined;
  try {
    return shape.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch (cause) {
    throw new AppError('unavailable', `the note ${path} of an unfinished restore cannot be read`, {
      reason: 'restore-note',
      hint: `Remove it and the folder ${path.replace(/\.json$/, '')}, and start the restore anew.`,
      cause,
    });
  }
}

export function writeNote(stateDir: string, note: Omit<RestoreNote, 'format'>): void {
  writeDurably(restoreNote(stateDir), JSON.stringify({ format: 1, ...note }), { exclusive: false });
}

/** Removes what the try of a note that gives way has put together for the homeserver: its database and its signing key must not be left lying there. */
export function removeLeftStaging({ homeserverStaging }: RestoreNote): void {
  if (homeserverStaging?.endsWith('.restoring')) rmSync(homeserverStaging, { recursive: true, force: true });
}

export function removeNote(stateDir: string): void {
  rmSync(restoreNote(stateDir), { force: true });
}
