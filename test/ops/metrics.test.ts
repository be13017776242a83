import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Control } from '../../core/control.ts';
import { createLogger } from '../../core/log.ts';
import { opsMetrics } from '../../core/prometheus/ops-metrics.ts';
import type { JobContext, JobSpec } from '../../ops/job-spec.ts';
import { meteredJobs } from '../../ops/metered-jobs.ts';
import { Runner, type RunnerOptions } from '../../ops/runner.ts';
import { openTestState } from './open-test-state.ts';

const NOW = 1_800_000_000_000;
let now: number;
let control: Control;
let remove: () => void;
beforeEach(async () => {
  now = NOW;
  const opened = await openTestState(() => now);
  control = opened.state.control;
  remove = opened.remove;
});
afterEach(() => remove());

test('runs of jobs, alerts by weight, and what the health job read; nothing that is not known', async () => {
  let readings: Record<string, number | null> | undefined;
  const { meter, registry } = opsMetrics(control, { readings: () => readings, clock: () => now });
  const { signal } = new AbortController();
  const context = {
    signal,
    clock: () => now,
    log: createLogger({ name: 'x', level: 'silent' }),
  } as unknown as JobContext;
  const job = (run: () => Promise<Record<string, number>>) =>
    meteredJobs([{ name: 'audit', limitSeconds: 9, run } as unknown as JobSpec], meter, () => now)[0]!;
  await job(async () => {
    now += 4000;
    return { rows: 3 };
  }).run(context);
  await expect(job(() => Promise.reject(new Error('geheim'))).run(context)).rejects.toThrow('geheim');
  control.alerts.raise({ code: 'disk-low', severity: 'warning', key: 'd', facts: { file: 'geheim' } });
  control.alerts.raise({ code: 'bot-silent', severity: 'critical', key: 'b' });
  control.alerts.raise({ code: 'erased-again', severity: 'info', facts: { count: 1 } });
  control.heartbeats.beat({ process: 'bot', at: now - 20_000, figures: {} });

  const first = await registry.metrics();
  expect(first).not.toContain('kinkeeper_disk_free_bytes{');
  expect(first).not.toMatch(/^kinkeeper_homeserver_up /m);
  readings = {
    diskFreeBytes: 5e9,
    backupDiskFreeBytes: null,
    homeserverDownSeconds: 0,
    databaseDownSeconds: 30,
    certificateDays: 2,
  };
  const text = await registry.metrics();
  for (const line of [
    'kinkeeper_job_runs_total{job="audit",outcome="ok"} 1',
    'kinkeeper_job_runs_total{job="audit",outcome="failed"} 1',
    'kinkeeper_job_seconds_sum{job="audit"} 4',
    'kinkeeper_alerts_open{severity="warning"} 1',
    'kinkeeper_alerts_open{severity="critical"} 1',
    'kinkeeper_alerts_open{severity="info"} 0',
    'kinkeeper_alerts_undelivered 3',
    'kinkeeper_bot_heartbeat_age_seconds 20',
    'kinkeeper_disk_free_bytes{disk="state"} 5000000000',
    'kinkeeper_homeserver_up 1',
    'kinkeeper_homeserver_database_up 0',
    'kinkeeper_certificate_remaining_seconds 172800',
  ])
    expect(text).toContain(`${line}\n`);
  expect(text).not.toContain('disk="backup"');
  expect(text).not.toContain('geheim');
});

test('a run that was cancelled, or that the stop of the process cut off, is none that failed', async () => {
  const { meter, registry } = opsMetrics(control, { readings: () => undefined, clock: () => now });
  const run = ({ signal }: JobContext) =>
    new Promise<never>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
  const specs = ['audit', 'send', 'health'].map(
    (name) => ({ name, limitSeconds: name === 'health' ? 0 : 900, canDry: false, repeatable: true, run }) as JobSpec,
  );
  const log = createLogger({ name: 'x', level: 'silent' });
  const schedules = { audit: '', send: '', health: '' } as RunnerOptions['schedules'];
  const jobs = meteredJobs(specs, meter, () => now);
  const runner = new Runner({ jobs, schedules, control, log, clock: () => now });
  runner.tick();
  const [cancelled, stopped] = [runner.run('audit', 'schedule'), runner.run('send', 'schedule')];
  expect(await runner.run('health', 'schedule')).toBe('failed');
  control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  control.requests.cancel({ source: '$end', person: control.people.list()[0]!.id, job: 'audit', at: now });
  runner.tick();
  expect(await cancelled).toBe('cancelled');
  await runner.stop();
  await stopped;
  const counted = (await registry.metrics()).split('\n').filter((line) => line.startsWith('kinkeeper_job_runs_total'));
  expect(counted.sort()).toEqual([
    'kinkeeper_job_runs_total{job="audit",outcome="cancelled"} 1',
    'kinkeeper_job_runs_total{job="health",outcome="failed"} 1',
    'kinkeeper_job_runs_total{job="send",outcome="stopped"} 1',
  ]);
});
