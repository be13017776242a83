import type { AlertFacts, Severity } from '../../core/alert.ts';
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
  /** Seconds that the oldest alert has waited to be delivered. */
  delivery: { raiseSeconds: 900, clearSeconds: 60 },
} as const;

/** One thing that is watched. `judge`: true raises, false clears, undefined leaves everything as it is. The code is the key, too. */
export interface Watch {
  readonly code: string;
  readonly severity: Severity;
  judge(readings: Readings): boolean | undefined;
  facts(readings: Readings): AlertFacts;
}

/** Everything that the health job watches. Codes name entries of the wording catalogue. */
export const WATCHES: readonly Watch[] = [
  {
    code: 'disk-low',
    severity: 'warning',
    judge: (now) => below(now.diskFreeBytes, diskLowBytes(now), diskLowBytes(now) * THRESHOLDS.diskLow.clearFactor),
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
    code: 'memory-low',
    severity: 'warning',
    judge: (now) => below(now.memoryFreeBytes, THRESHOLDS.memory.raiseBytes, THRESHOLDS.memory.clearBytes),
    facts: (now) => ({ freeBytes: now.memoryFreeBytes ?? 0 }),
  },
  {
    code: 'load-high',
    severity: 'warning',
    judge: (now) => below(-now.loadPerCore, -THRESHOLDS.load.raise, -THRESHOLDS.load.clear),
    facts: (now) => ({ loadPerCore: Math.round(now.loadPerCore * 10) / 10 }),
  },
  {
    code: 'homeserver-unreachable',
    severity: 'critical',
    judge: (now) => now.homeserverDownSeconds > 0,
    facts: (now) => ({ seconds: now.homeserverDownSeconds }),
  },
  {
    code: 'bot-silent',
    severity: 'critical',
    judge: (now) => below(-now.botSilentSeconds, -THRESHOLDS.bot.raiseSeconds, -THRESHOLDS.bot.clearSeconds),
    facts: (now) => ({ seconds: now.botSilentSeconds }),
  },
  {
    code: 'alerts-waiting',
    severity: 'warning',
    judge: (now) =>
      below(-now.oldestUndeliveredSeconds, -THRESHOLDS.delivery.raiseSeconds, -THRESHOLDS.delivery.clearSeconds),
    facts: (now) => ({ count: now.undeliveredAlerts, seconds: now.oldestUndeliveredSeconds }),
  },
];

/** Raise below the first limit, clear at or above the second, and between them leave it. Unknown readings change nothing. */
function below(value: number | null, raise: number, clear: number): boolean | undefined {
  if (value === null) return undefined;
  if (value < raise) return true;
  return value >= clear ? false : undefined;
}

function diskLowBytes(now: Readings): number {
  const { share, leastBytes, mostBytes } = THRESHOLDS.diskLow;
  return Math.min(mostBytes, Math.max(leastBytes, now.diskBytes * share));
}
