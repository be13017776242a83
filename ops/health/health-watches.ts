import type { AlertFacts, Severity } from '../../core/alert.ts';
import { HOST_STALE_MS } from '../../core/host-stale.ts';
import type { BackupLimits } from './backup-limits.ts';
import type { Readings } from './health-readings.ts';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Where each alert begins and where it ends. The two lie apart, so that a reading at the edge is one alert and not many. */
export const THRESHOLDS = {
  /** Disk low: less than a tenth of the disk, but at least 1 GiB and at most 5 GiB; over again when a fifth more is free. */
  diskLow: { share: 0.1, leastBytes: GIB, mostBytes: 5 * GIB, clearFactor: 1.2 },
  /** Disk nearly full: SQLite and the write-ahead logs need room to finish what they are doing. */
  diskCritical: { raiseBytes: 256 * MIB, clearBytes: 512 * MIB },
  /** Inodes: many small files fill a disk that still has bytes. */
  inodes: { raiseShare: 0.05, clearShare: 0.1 },
  /** Memory that can be used without swapping: reading a file takes up to 512 MiB, an embedder about as much. */
  memory: { raiseBytes: 200 * MIB, clearBytes: 400 * MIB },
  /** Load per core over 15 minutes: one long file must not raise it. */
  load: { raise: 4, clear: 2 },
  /** Seconds without a heartbeat of the bot, which beats at least once a minute. */
  bot: { raiseSeconds: 300, clearSeconds: 120 },
  /** Days until a disk is full. Making room, or renting more, takes a while. */
  diskFull: { raiseDays: 14, clearDays: 21 },
  /** Used share of the swap. */
  swap: { raiseShare: 0.8, clearShare: 0.5 },
  /** Seconds for which a server of models, or of Qdrant, does not answer: they may restart, and load for a while. */
  server: { raiseSeconds: 300 },
  /** Age of the oldest message that is not handled: a long scan takes minutes, a queue of them longer. */
  work: { raiseSeconds: 3600, clearSeconds: 600 },
  /** Age of the oldest message of the bot that could not be sent. */
  replies: { raiseSeconds: 1800, clearSeconds: 60 },
  /** One-time keys on the homeserver; the bot keeps about fifty there. */
  oneTimeKeys: { raise: 5, clear: 20 },
  /** Days until a certificate ends; renewals begin a month before. */
  certificate: { raiseDays: 14, clearDays: 21 },
  /** Failed logins by SSH within a day; where it is reached through the VPN alone, there are none. */
  logins: { raise: 50, clear: 25 },
  /** Days since the oldest image was built. */
  image: { raiseDays: 90, clearDays: 60 },
  /** Seconds since the host helper looked. */
  host: { raiseSeconds: HOST_STALE_MS / 1000 },
  /** Seconds that the oldest alert has waited to be delivered. */
  delivery: { raiseSeconds: 900, clearSeconds: 60 },
} as const;

/** One thing that is watched. `judge`: true raises, false clears, undefined leaves everything as it is. The code is the key, too. */
export interface Watch {
  readonly code: string;
  readonly severity: Severity;
  judge(readings: Readings, limits: BackupLimits): boolean | undefined;
  /** `at`: milliseconds since 1970. */
  facts(readings: Readings, at: number): AlertFacts;
}

/** Everything that the health job watches. Codes name entries of the wording catalogue. */
export const WATCHES: readonly Watch[] = [
  {
    code: 'disk-low',
    severity: 'warning',
    judge: ({ diskFreeBytes, diskBytes }) => belowShare(diskFreeBytes, diskBytes),
    facts: (now) => ({ freeBytes: now.diskFreeBytes }),
  },
  {
    code: 'disk-critical',
    severity: 'critical',
    judge: (now) => below(now.diskFreeBytes, THRESHOLDS.diskCritical.raiseBytes, THRESHOLDS.diskCritical.clearBytes),
    facts: (now) => ({ freeBytes: now.diskFreeBytes }),
  },
  {
    code: 'inodes-low',
    severity: 'warning',
    judge: (now) => below(now.inodesFreeShare, THRESHOLDS.inodes.raiseShare, THRESHOLDS.inodes.clearShare),
    facts: (now) => ({ freePercent: Math.round((now.inodesFreeShare ?? 0) * 100) }),
  },
  {
    code: 'disk-full-soon',
    severity: 'warning',
    judge: (now) => below(now.diskFullDays, THRESHOLDS.diskFull.raiseDays, THRESHOLDS.diskFull.clearDays),
    facts: (now) => ({ days: days(now.diskFullDays) }),
  },
  {
    code: 'backup-disk-low',
    severity: 'warning',
    judge: ({ backupDiskFreeBytes, backupDiskBytes }) => belowShare(backupDiskFreeBytes, backupDiskBytes),
    facts: (now) => ({ freeBytes: now.backupDiskFreeBytes ?? 0 }),
  },
  {
    code: 'backup-disk-full-soon',
    severity: 'warning',
    judge: (now) => below(now.backupDiskFullDays, THRESHOLDS.diskFull.raiseDays, THRESHOLDS.diskFull.clearDays),
    facts: (now) => ({ days: days(now.backupDiskFullDays) }),
  },
  {
    code: 'memory-low',
    severity: 'warning',
    judge: (now) => below(now.memoryFreeBytes, THRESHOLDS.memory.raiseBytes, THRESHOLDS.memory.clearBytes),
    facts: (now) => ({ freeBytes: now.memoryFreeBytes ?? 0 }),
  },
  {
    code: 'swap-full',
    severity: 'warning',
    judge: (now) => above(now.swapUsedShare, THRESHOLDS.swap.raiseShare, THRESHOLDS.swap.clearShare),
    facts: (now) => ({ usedPercent: Math.round((now.swapUsedShare ?? 0) * 100) }),
  },
  {
    code: 'load-high',
    severity: 'warning',
    judge: (now) => above(now.loadPerCore, THRESHOLDS.load.raise, THRESHOLDS.load.clear),
    facts: (now) => ({ loadPerCore: Math.round(now.loadPerCore * 10) / 10 }),
  },
  {
    code: 'homeserver-unreachable',
    severity: 'critical',
    judge: (now) => now.homeserverDownSeconds > 0,
    facts: (now, at) => ({ seconds: now.homeserverDownSeconds, since: at - now.homeserverDownSeconds * 1000 }),
  },
  {
    code: 'homeserver-database-failing',
    severity: 'critical',
    judge: (now) => above(now.databaseDownSeconds, 0, 0),
    facts: (now) => ({ seconds: now.databaseDownSeconds ?? 0 }),
  },
  down('answering-unreachable', (now) => now.answeringDownSeconds),
  down('embedding-unreachable', (now) => now.embeddingDownSeconds),
  down('index-unreachable', (now) => now.indexDownSeconds),
  {
    code: 'certificate-ends',
    severity: 'critical',
    judge: (now) => below(now.certificateDays, THRESHOLDS.certificate.raiseDays, THRESHOLDS.certificate.clearDays),
    facts: (now) => ({ days: days(now.certificateDays) }),
  },
  {
    code: 'bot-silent',
    severity: 'critical',
    judge: (now) => above(now.botSilentSeconds, THRESHOLDS.bot.raiseSeconds, THRESHOLDS.bot.clearSeconds),
    facts: (now) => ({ seconds: now.botSilentSeconds }),
  },
  {
    code: 'work-waiting',
    severity: 'warning',
    judge: (now) => above(now.workSeconds, THRESHOLDS.work.raiseSeconds, THRESHOLDS.work.clearSeconds),
    facts: (now) => ({ count: now.workWaiting ?? 0, seconds: now.workSeconds ?? 0 }),
  },
  {
    code: 'replies-waiting',
    severity: 'warning',
    judge: (now) => above(now.replySeconds, THRESHOLDS.replies.raiseSeconds, THRESHOLDS.replies.clearSeconds),
    facts: (now) => ({ count: now.repliesWaiting ?? 0, seconds: now.replySeconds ?? 0 }),
  },
  {
    code: 'one-time-keys-low',
    severity: 'warning',
    judge: (now) => below(now.oneTimeKeys, THRESHOLDS.oneTimeKeys.raise, THRESHOLDS.oneTimeKeys.clear),
    facts: (now) => ({ count: now.oneTimeKeys ?? 0 }),
  },
  {
    code: 'device-unsigned',
    severity: 'critical',
    judge: (now) => below(now.deviceSigned, 1, 1),
    facts: () => ({}),
  },
  {
    code: 'backup-missing',
    severity: 'critical',
    judge: (now, limits) => aged(now.backups === 0, now.backupAgeSeconds, limits.ageSeconds),
    facts: (now) => ({ seconds: now.backupAgeSeconds ?? 0 }),
  },
  {
    code: 'backup-old',
    severity: 'critical',
    judge: (now, limits) => aged((now.backups ?? 0) > 0, now.backupAgeSeconds, limits.ageSeconds),
    facts: (now) => ({ seconds: now.backupAgeSeconds ?? 0 }),
  },
  {
    code: 'backup-unproven',
    severity: 'critical',
    judge: (now, limits) => aged((now.backups ?? 0) > 0, now.provenAgeSeconds, limits.provenSeconds),
    facts: (now) => ({ seconds: now.provenAgeSeconds ?? 0 }),
  },
  {
    code: 'backup-ahead',
    severity: 'warning',
    judge: (now) => above(now.backupsAhead, 0, 0),
    facts: (now) => ({ count: now.backupsAhead ?? 0 }),
  },
  {
    code: 'host-silent',
    severity: 'warning',
    judge: (now) => above(now.hostSilentSeconds, THRESHOLDS.host.raiseSeconds, THRESHOLDS.host.raiseSeconds),
    facts: (now) => ({ seconds: now.hostSilentSeconds ?? 0 }),
  },
  {
    code: 'clock-unsynchronised',
    severity: 'warning',
    judge: (now) => below(now.clockSynchronised, 1, 1),
    facts: () => ({}),
  },
  {
    code: 'failed-logins',
    severity: 'warning',
    judge: (now) => above(now.failedLogins, THRESHOLDS.logins.raise, THRESHOLDS.logins.clear),
    facts: (now) => ({ count: now.failedLogins ?? 0 }),
  },
  {
    code: 'address-banned',
    severity: 'info',
    judge: (now) => above(now.bans, 0, 0),
    facts: (now) => ({ count: now.bans ?? 0 }),
  },
  {
    code: 'image-old',
    severity: 'warning',
    judge: (now) => above(now.imageDays, THRESHOLDS.image.raiseDays, THRESHOLDS.image.clearDays),
    facts: (now) => ({ days: days(now.imageDays) }),
  },
  {
    code: 'alerts-waiting',
    severity: 'warning',
    judge: (now) =>
      above(now.oldestUndeliveredSeconds, THRESHOLDS.delivery.raiseSeconds, THRESHOLDS.delivery.clearSeconds),
    facts: (now) => ({ count: now.undeliveredAlerts, seconds: now.oldestUndeliveredSeconds }),
  },
];

/** Raise below the first limit, clear at or above the second, and between them leave it. Unknown readings change nothing. */
function below(value: number | null, raise: number, clear: number): boolean | undefined {
  if (value === null) return undefined;
  if (value < raise) return true;
  return value >= clear ? false : undefined;
}

/** Raise above the first limit, clear at or below the second. */
function above(value: number | null, raise: number, clear: number): boolean | undefined {
  return below(value === null ? null : -value, -raise, -clear);
}

/** Raises what is too old, and clears what does not apply (any more). */
function aged(applies: boolean, seconds: number | null, limit: number | null): boolean {
  return applies && seconds !== null && limit !== null && seconds > limit;
}

function down(code: string, secondsOf: (now: Readings) => number | null): Watch {
  return {
    code,
    severity: 'warning',
    judge: (now) => above(secondsOf(now), THRESHOLDS.server.raiseSeconds, 0),
    facts: (now) => ({ seconds: secondsOf(now) ?? 0 }),
  };
}

/** Days for people: whole ones, the time to act rounded down. */
function days(value: number | null): number {
  return Math.floor(value ?? 0);
}

function belowShare(free: number | null, all: number | null): boolean | undefined {
  const { share, leastBytes, mostBytes, clearFactor } = THRESHOLDS.diskLow;
  const limit = Math.min(mostBytes, Math.max(leastBytes, (all ?? 0) * share));
  return below(free, limit, limit * clearFactor);
}
