import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { dieEverywhere } from './schedule/kill-points.ts';
import { ZONES } from './schedule/sample-jobs.ts';
import type { ZoneReport } from './schedule/simulate-zone.ts';

/** At scale 1: two years in each zone. */
const DAYS = 731;

/** The golden record: what ran in four weeks around the clock changes of spring, with one fixed seed. */
const GOLDEN = new URL('./schedule/golden.txt', import.meta.url);
const GOLDEN_SEED = 20_270_308;
const GOLDEN_ZONES = ['Europe/Berlin', 'Australia/Lord_Howe'] as const;

const CHILD = fileURLToPath(new URL('./schedule/zone-child.ts', import.meta.url));

/** What came of it all. `wrong` must be empty. */
export interface ScheduleFigures {
  readonly zones: number;
  readonly daysPerZone: number;
  readonly killPoints: number;
  readonly goldenLines: number;
  readonly sums: Readonly<Record<string, number>>;
  readonly wrong: readonly string[];
}

/** Lets the runner live in every zone, one process each, compares it with the oracle and with the golden record, and kills it everywhere. */
export async function proveSchedules(call: {
  seed: number;
  scale: number;
  zones?: readonly string[];
}): Promise<ScheduleFigures> {
  const zones = call.zones ?? ZONES;
  const daysPerZone = Math.max(30, Math.round(DAYS * call.scale));
  const reports: ZoneReport[] = [];
  for (const zone of zones) reports.push(await liveIn(zone, call.seed, daysPerZone));
  const { points, wrong } = await dieEverywhere();
  const [golden, expected] = [await goldenDiary(), readFileSync(GOLDEN, 'utf8')];
  const differing = golden.split('\n').findIndex((line, place) => line !== expected.split('\n')[place]);
  return {
    ...{ zones: zones.length, daysPerZone, killPoints: points, goldenLines: expected.split('\n').length - 1 },
    sums: sumsOf(reports),
    wrong: [
      ...reports.flatMap(({ zone, differences }) => differences.map((difference) => `${zone}: ${difference}`)),
      ...wrong,
      ...(golden === expected ? [] : [`the golden record differs from line ${differing + 1} on`]),
    ],
  };
}

/** What the golden record should say, made anew. */
export async function goldenDiary(): Promise<string> {
  const diaries: string[] = [];
  for (const zone of GOLDEN_ZONES) {
    const { diary } = await liveIn(zone, GOLDEN_SEED, 30);
    diaries.push(`# ${zone}`, ...diary);
  }
  return `${diaries.join('\n')}\n`;
}

async function liveIn(zone: string, seed: number, days: number): Promise<ZoneReport> {
  const { stdout } = await execa(process.execPath, [CHILD, String(seed), String(days)], {
    env: { TZ: zone },
    maxBuffer: 256 * 1024 * 1024,
  });
  return JSON.parse(stdout) as ZoneReport;
}

function sumsOf(reports: readonly ZoneReport[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { figures } of reports)
    for (const [name, value] of Object.entries(figures)) sums[name] = (sums[name] ?? 0) + value;
  return sums;
}
