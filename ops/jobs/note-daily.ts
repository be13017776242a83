import { lstat, readdir } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { DailyFigures } from '../../core/daily-figures.ts';
import { isScratch } from '../backup/scratch.ts';
import type { Readings } from '../health/health-readings.ts';
import type { HostFacts } from '../host/host-facts.ts';
import type { JobContext } from '../job-spec.ts';

/** What `noteDaily` works with. */
export interface DailyOptions {
  readonly stateDir: string;
  readonly control: { readonly daily: Pick<DailyFigures, 'note'> };
}

/** What the health job saw. `host`: what the host helper last saw; missing, or undefined: it is not set up. */
interface Seen extends Pick<Readings, 'diskFreeBytes' | 'diskBytes'> {
  readonly host?: HostFacts | undefined;
}

/**
 * Notes what the day's figures are by now: how full the disk is, how large the state folder, how many logins failed. Called by
 * the health job. Never throws: on a full disk the alert about it matters more than a point in a picture.
 */
export async function noteDaily(
  { stateDir, control }: DailyOptions,
  { diskFreeBytes, diskBytes, host }: Seen,
  { clock, log }: Pick<JobContext, 'clock' | 'log'>,
): Promise<void> {
  try {
    control.daily.note(clock(), { diskFreeBytes, diskBytes, stateBytes: await folderBytes(stateDir) });
    // By when the helper looked: what it saw yesterday is nothing of today.
    if (host !== undefined && host.failedLogins !== null)
      control.daily.note(host.at, { failedLogins: host.failedLogins });
  } catch (thrown) {
    log.warn({ err: thrown }, 'health: the figures of the day could not be noted');
  }
}

/** How much the files below a folder hold together; what a drill unpacked there for a while does not count. Links are not followed; a file that goes meanwhile counts nothing. */
export async function folderBytes(folder: string): Promise<number> {
  const isDrilled = (path: string) => isScratch(relative(folder, path).split('/')[0]!);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile() && !isDrilled(entry.parentPath))
    .map((entry) => join(entry.parentPath, entry.name));
  let bytes = 0;
  for (const file of files)
    bytes += await lstat(file).then(
      ({ size }) => size,
      () => 0,
    );
  return bytes;
}
