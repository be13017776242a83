import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import type { Clock } from '../../core/clock.ts';
import type { Control } from '../../core/control.ts';

/**
 * One look at the machine, the servers around and the bot. null: not known here, or not set up. Sizes in bytes, times in
 * seconds (days where it says so).
 */
export interface Readings {
  readonly diskFreeBytes: number;
  readonly diskBytes: number;
  /** Free share of the inodes, 0 to 1; null on file systems that count none. */
  readonly inodesFreeShare: number | null;
  /** In how many days the disk is full at its pace; `FAR_DAYS`: not soon. null: nobody can tell yet. */
  readonly diskFullDays: number | null;
  /** The disk of local backups, where it is another one. */
  readonly backupDiskFreeBytes: number | null;
  readonly backupDiskBytes: number | null;
  readonly backupDiskFullDays: number | null;
  readonly memoryFreeBytes: number | null;
  readonly memoryBytes: number | null;
  /** Used share of the swap, 0 to 1; null where there is none. */
  readonly swapUsedShare: number | null;
  /** Processes that wanted to run over the last 15 minutes, per core. */
  readonly loadPerCore: number;
  /** How long the homeserver has not answered; 0: it answers. The same of the others. */
  readonly homeserverDownSeconds: number;
  /** null while the homeserver itself does not answer. */
  readonly databaseDownSeconds: number | null;
  readonly answeringDownSeconds: number | null;
  readonly embeddingDownSeconds: number | null;
  readonly indexDownSeconds: number | null;
  /** In how many days the certificate of the homeserver ends: the one that it shows, or that the host says, whichever ends first. */
  readonly certificateDays: number | null;
  /** Since the last sign of life of the bot, or since this process started when that is later. */
  readonly botSilentSeconds: number;
  /** Files and questions that wait or are worked on, and the age of the oldest message that is not handled. */
  readonly workWaiting: number | null;
  readonly workSeconds: number | null;
  /** Messages of the bot that wait to be sent, and the age of the oldest. */
  readonly repliesWaiting: number | null;
  readonly replySeconds: number | null;
  /** One-time keys of the bot that the homeserver holds. */
  readonly oneTimeKeys: number | null;
  /** 1: the bot's device is signed by its identity; 0: it is not. */
  readonly deviceSigned: number | null;
  readonly backups: number | null;
  readonly backupAgeSeconds: number | null;
  readonly provenAgeSeconds: number | null;
  readonly backupBytes: number | null;
  /** Backups that say they were made in the future. */
  readonly backupsAhead: number | null;
  /** Since the host helper looked. */
  readonly hostSilentSeconds: number | null;
  /** 1: a time server keeps the clock; 0: none does. */
  readonly clockSynchronised: number | null;
  readonly failedLogins: number | null;
  readonly bans: number | null;
  /** Age of the oldest image in use, in days. */
  readonly imageDays: number | null;
  readonly undeliveredAlerts: number;
  readonly oldestUndeliveredSeconds: number;
}

type Disk = Pick<Readings, 'diskFreeBytes' | 'diskBytes' | 'inodesFreeShare'>;

/** Free space as an ordinary account sees it (without the reserve of root). Throws when the folder is not there. */
export async function readDisk(folder: string): Promise<Disk> {
  const facts = await statfs(folder);
  return {
    diskFreeBytes: facts.bavail * facts.bsize,
    diskBytes: facts.blocks * facts.bsize,
    inodesFreeShare: facts.files > 0 ? facts.ffree / facts.files : null,
  };
}

type Memory = Pick<Readings, 'memoryFreeBytes' | 'memoryBytes' | 'swapUsedShare'>;

/** Memory that can be used without swapping, and what of the swap is used, from /proc/meminfo (proc(5)); nulls where there is none. */
export async function readMemory(): Promise<Memory> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  const [swap, free] = [meminfoBytes(text, 'SwapTotal'), meminfoBytes(text, 'SwapFree')];
  return {
    memoryFreeBytes: meminfoBytes(text, 'MemAvailable'),
    memoryBytes: meminfoBytes(text, 'MemTotal'),
    swapUsedShare: swap === null || free === null || swap === 0 ? null : 1 - free / swap,
  };
}

/** A field of /proc/meminfo in bytes; null when it is not there. */
export function meminfoBytes(text: string, field: string): number | null {
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
  return kib === undefined ? null : Number(kib) * 1024;
}

/** The 15-minute load average per core. */
export function readLoad(): number {
  return (loadavg()[2] ?? 0) / availableParallelism();
}

/** Signs of life and undelivered alerts from the control store. Alerts about waiting alerts do not count themselves. */
export function readControl(
  control: Pick<Control, 'heartbeats' | 'alerts'>,
  startedAt: number,
  clock: Clock,
): Pick<Readings, 'botSilentSeconds' | 'undeliveredAlerts' | 'oldestUndeliveredSeconds'> {
  const now = clock();
  const seen = Math.max(control.heartbeats.of('bot')?.at ?? 0, startedAt);
  const waiting = control.alerts.undelivered().filter((alert) => alert.code !== 'alerts-waiting');
  const oldest = waiting.reduce((at, alert) => Math.min(at, alert.raisedAt), now);
  return {
    botSilentSeconds: Math.max(0, Math.round((now - seen) / 1000)),
    undeliveredAlerts: waiting.length,
    oldestUndeliveredSeconds: Math.max(0, Math.round((now - oldest) / 1000)),
  };
}
