import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DailyFigures } from '../../core/daily-figures.ts';
import type { JobContext } from '../job-spec.ts';
import type { Readings } from './health-readings.ts';

/** What `noteDaily` works with. */
export interface DailyOptions {
  readonly stateDir: string;
  readonly control: { readonly daily: Pick<DailyFigures, 'note'> };
  /** Failed logins of the last 24 hours, as the host helper saw them; missing, or null: this host does not tell. */
  readonly failedLogins?: (() => Promise<number | null>) | undefined;
}

/**
 * Notes what the day's figures are by now: how full the disk is, how large the state folder, how many logins failed. Called by
 * the health job. Never throws: on a full disk the alert about it matters more than a point in a picture.
 */
export async function noteDaily(
  { stateDir, control, failedLogins }: DailyOptions,
  { diskFreeBytes, diskBytes }: Pick<Readings, 'diskFreeBytes' | 'diskBytes'>,
  { clock, log }: Pick<JobContext, 'clock' | 'log'>,
): Promise<void> {
  try {
    const logins = (await failedLogins?.()) ?? null;
    control.daily.note(clock(), {
      diskFreeBytes,
      diskBytes,
      stateBytes: await folderBytes(stateDir),
      ...(logins !== null && { failedLogins: logins }),
    });
  } catch (thrown) {
    log.warn({ err: thrown }, 'health: the figures of the day could not be noted');
  }
}

/** How much the files below a folder hold together. Links are not followed; a file that goes meanwhile counts nothing. */
export async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  let bytes = 0;
  for (const file of files)
    bytes += await lstat(file).then(
      ({ size }) => size,
      () => 0,
    );
  return bytes;
}
