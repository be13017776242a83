import type { Language } from '../../core/caller.ts';
import { JOB_NAMES, type JobName, type JobPlan, type JobRequest, type JobRun, nothingDone } from '../../core/job.ts';
import { code, Markdown } from '../../core/wording/markdown.ts';
import { endedAs, jobTitle, progressWords, runLength } from '../job-words.ts';
import { opsLife } from '../ops-life.ts';
import { say } from '../wording/say.ts';
import { cancel } from './cancel.ts';
import { defineCommand } from './command-spec.ts';
import { run } from './run.ts';
import { scheduleWords } from './schedule-words.ts';
import { usageLine } from './usage-line.ts';

/** `!jobs`: each job with its schedule, its last run, what runs now and what waits. */
export const jobs = defineCommand({
  name: 'jobs',
  typed: { en: 'jobs', de: 'aufgaben' },
  aliases: ['aufträge'],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['jobs', 'requests', 'heartbeats', 'clock'],
  execute: ({ caller, jobs: log, requests, heartbeats, clock }) => {
    const { language } = caller;
    const now = clock();
    const known = { plans: log.plans(), underWay: log.underWay(), waiting: requests.waiting() };
    const ops = opsLife(heartbeats, now);
    return [
      say(language, 'jobs.head'),
      '',
      ...JOB_NAMES.map((job) => line(language, { job, now, last: log.lastEnded(job), ...known })),
      '',
      ...(ops.life === 'alive' ? [] : [say(language, 'jobs.no-ops', ops), '']),
      say(language, 'jobs.foot', { run: usageLine(run, language), cancel: usageLine(cancel, language) }),
    ].join('\n');
  },
});

interface Known {
  readonly job: JobName;
  readonly now: number;
  readonly last: JobRun | undefined;
  readonly plans: readonly JobPlan[];
  readonly underWay: readonly JobRun[];
  readonly waiting: readonly JobRequest[];
}

function line(language: Language, { job, now, last, ...known }: Known): string {
  const plan = known.plans.find((one) => one.job === job);
  const current = known.underWay.find((one) => one.job === job);
  const requests = known.waiting.filter((one) => one.job === job).length;
  const parts = [
    ...(current === undefined ? [] : [nowWords(language, current, now)]),
    say(language, 'jobs.when', { schedule: scheduleWords(plan?.schedule), nextAt: plan?.nextAt ?? 0 }),
    last === undefined ? say(language, 'jobs.never-ran') : lastWords(language, last, now),
    ...(requests === 0 ? [] : [say(language, 'jobs.waiting', { requests })]),
  ];
  return say(language, 'jobs.line', {
    id: code(job),
    job: jobTitle(language, job),
    details: parts.map((part) => new Markdown(part)),
  });
}

function nowWords(language: Language, current: JobRun, now: number): string {
  const progress = progressWords(language, current.progress);
  return say(language, 'jobs.now', { dry: current.dry, took: runLength(current, now), progress });
}

function lastWords(language: Language, last: JobRun, now: number): string {
  return say(language, 'jobs.last', {
    ended: endedAs(last),
    nothing: last.outcome === 'nothing' ? (nothingDone(last.figures) ?? 'nothingNew') : '',
    ranAgo: Math.max(0, now - last.startedAt),
    took: runLength(last, now),
    reference: last.reference ?? '',
  });
}
