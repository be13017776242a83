import { Counter, Histogram, Registry } from 'prom-client';
import type { Control } from '../control.ts';
import type { JobMeter } from '../meter.ts';
import { addGauges, type GaugeSpec } from './gauges.ts';

const JOB_SECONDS = [0.1, 1, 5, 15, 60, 300, 900, 3600];
const SEVERITIES = ['info', 'warning', 'critical'] as const;

/** What the last run of the health job read, by name (ops/health/health-readings.ts); null: not known. */
export type HealthFigures = Readonly<Record<string, number | null>>;

/** The figures of ops: runs of jobs since it started, open alerts, and what the health job read last. No label names anybody or a file. */
export function opsMetrics(
  control: Pick<Control, 'alerts' | 'heartbeats'>,
  parts: { readonly readings: () => HealthFigures | undefined; readonly clock: () => number },
): { readonly meter: JobMeter; readonly registry: Registry } {
  const registry = new Registry();
  const registers = [registry];
  const runs = new Counter({
    ...{ name: 'kinkeeper_job_runs_total', help: 'Runs of jobs, by how they ended', registers },
    labelNames: ['job', 'outcome'],
  });
  const seconds = new Histogram({
    ...{ name: 'kinkeeper_job_seconds', help: 'How long jobs ran', registers, buckets: JOB_SECONDS },
    labelNames: ['job'],
  });
  addGauges(registry, [...alertGauges(control, parts.clock), ...healthGauges(parts.readings)]);
  const meter: JobMeter = {
    ran: (job, time, outcome) => {
      runs.inc({ job, outcome });
      seconds.observe({ job }, time);
    },
  };
  return { meter, registry };
}

function alertGauges({ alerts, heartbeats }: Pick<Control, 'alerts' | 'heartbeats'>, clock: () => number): GaugeSpec[] {
  return [
    {
      ...{ name: 'kinkeeper_alerts_open', help: 'Alerts that go on, by weight', label: 'severity' },
      read: () => {
        const open = alerts.open();
        return Object.fromEntries(
          SEVERITIES.map((severity) => [severity, open.filter((one) => one.severity === severity).length]),
        );
      },
    },
    {
      ...{ name: 'kinkeeper_alerts_undelivered', help: 'Alerts that have not reached the ops room' },
      read: () => ({ '': alerts.undelivered().length }),
    },
    {
      ...{ name: 'kinkeeper_bot_heartbeat_age_seconds', help: 'Time since the last sign of life of the bot' },
      read: () => {
        const at = heartbeats.of('bot')?.at;
        return { '': at === undefined ? null : Math.max(0, (clock() - at) / 1000) };
      },
    },
  ];
}

function healthGauges(readings: () => HealthFigures | undefined): GaugeSpec[] {
  const reading = (name: string) => readings()?.[name] ?? null;
  const one = (name: string, help: string, from: string): GaugeSpec => ({
    ...{ name: `kinkeeper_${name}`, help },
    read: () => ({ '': reading(from) }),
  });
  const up = (name: string, help: string, from: string): GaugeSpec => ({
    ...{ name: `kinkeeper_${name}`, help },
    read: () => {
      const down = reading(from);
      return { '': down === null ? null : Number(down === 0) };
    },
  });
  const disks = (name: string, help: string, from: readonly [state: string, backup: string]): GaugeSpec => ({
    ...{ name: `kinkeeper_${name}`, help, label: 'disk' },
    read: () => ({ state: reading(from[0]), backup: reading(from[1]) }),
  });
  return [
    disks('disk_free_bytes', 'Free space', ['diskFreeBytes', 'backupDiskFreeBytes']),
    disks('disk_bytes', 'Size of the disk', ['diskBytes', 'backupDiskBytes']),
    disks('disk_full_days', 'Days until it is full at its pace', ['diskFullDays', 'backupDiskFullDays']),
    one('inodes_free_ratio', 'Free share of the inodes', 'inodesFreeShare'),
    one('memory_available_bytes', 'Memory that can be used without swapping', 'memoryFreeBytes'),
    one('memory_bytes', 'Memory of the machine', 'memoryBytes'),
    one('swap_used_ratio', 'Used share of the swap', 'swapUsedShare'),
    one('load_per_core', 'Load average of 15 minutes per core', 'loadPerCore'),
    up('homeserver_up', 'Whether the homeserver answers', 'homeserverDownSeconds'),
    up('homeserver_database_up', 'Whether the homeserver reads its database', 'databaseDownSeconds'),
    up('answering_up', 'Whether the server of the language model answers', 'answeringDownSeconds'),
    up('embedding_up', 'Whether the server of the embedding model answers', 'embeddingDownSeconds'),
    up('index_up', 'Whether Qdrant answers', 'indexDownSeconds'),
    {
      ...{ name: 'kinkeeper_certificate_remaining_seconds', help: 'Until the certificate of the homeserver ends' },
      read: () => {
        const days = reading('certificateDays');
        return { '': days === null ? null : days * 86_400 };
      },
    },
    one('backups', 'Backups that are there', 'backups'),
    one('backup_bytes', 'Size of the newest backup', 'backupBytes'),
    one('backup_age_seconds', 'Age of the newest backup', 'backupAgeSeconds'),
    one('backup_proven_age_seconds', 'Age of the newest backup that was proven by restoring it', 'provenAgeSeconds'),
    one('host_facts_age_seconds', 'Time since the host helper looked', 'hostSilentSeconds'),
    one('failed_logins', 'Failed logins by SSH within a day', 'failedLogins'),
    one('banned_addresses', 'Addresses that fail2ban shuts out', 'bans'),
  ];
}
