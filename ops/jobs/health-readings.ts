import { readFile, statfs } from 'node:fs/promises';
import { availableParallelism, loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../../core/clock.ts';
import type { Control } from '../../core/control.ts';

/** One look at the machine, the homeserver and the bot. null: this machine does not tell. Sizes in bytes, times in seconds. */
export interface Readings {
  readonly diskFreeBytes: number;
  readonly diskBytes: number;
  /** Free share of the inodes, 0 to 1; null on file systems that count none. */
  readonly inodesFreeShare: number | null;
  readonly memoryFreeBytes: number | null;
  readonly memoryBytes: number | null;
  /** Processes that wanted to run over the last 15 minutes, per core. */
  readonly loadPerCore: number;
  /** How long the homeserver has not answered; 0: it answers. */
  readonly homeserverDownSeconds: number;
  /** Since the last sign of life of the bot, or since this process started when that is later. */
  readonly botSilentSeconds: number;
  readonly undeliveredAlerts: number;
  readonly oldestUndeliveredSeconds: number;
}

/** Free space as an ordinary account sees it (without the reserve of root). Throws when the folder is not there. */
export async function readDisk(
  folder: string,
): Promise<Pick<Readings, 'diskFreeBytes' | 'diskBytes' | 'inodesFreeShare'>> {
  const facts = await statfs(folder);
  return {
    diskFreeBytes: facts.bavail * facts.bsize,
    diskBytes: facts.blocks * facts.bsize,
    inodesFreeShare: facts.files > 0 ? facts.ffree / facts.files : null,
  };
}

/** Memory that can be used without swapping, from /proc/meminfo (proc(5)); nulls where there is none. */
export async function readMemory(): Promise<Pick<Readings, 'memoryFreeBytes' | 'memoryBytes'>> {
  const text = await readFile('/proc/meminfo', 'utf8').catch(() => '');
  return { memoryFreeBytes: meminfoBytes(text, 'MemAvailable'), memoryBytes: meminfoBytes(text, 'MemTotal') };
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

/** How often and how patiently the homeserver is asked before it counts as not answering. */
export interface ProbePlan {
  readonly tries: number;
  readonly pauseMs: number;
  readonly timeoutMs: number;
}

/** Three tries over the better part of a minute: a restart of the homeserver is no alert. */
export const PATIENT_PROBE: ProbePlan = { tries: 3, pauseMs: 20_000, timeoutMs: 10_000 };

/**
 * Whether the homeserver answers `GET /_matrix/client/versions` (client-server API, "API standards") with 200. Throws only when the
 * signal aborts.
 */
export async function homeserverAnswers(homeserver: string, plan: ProbePlan, signal: AbortSignal): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    if (await answersOnce(homeserver, plan.timeoutMs, signal)) return true;
    signal.throwIfAborted();
    if (attempt >= plan.tries) return false;
    await pause(plan.pauseMs, undefined, { signal });
  }
}

async function answersOnce(homeserver: string, timeoutMs: number, signal: AbortSignal): Promise<boolean> {
  try {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const response = await fetch(`${homeserver}/_matrix/client/versions`, { signal: limited });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
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
