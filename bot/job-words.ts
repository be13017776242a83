import type { Language } from '../core/caller.ts';
import {
  CONFIRMED_JOBS,
  type JobName,
  type JobProgress,
  type JobRequest,
  type JobRun,
  type NothingDone,
  nothingDone,
} from '../core/job.ts';
import { Markdown } from '../core/wording/markdown.ts';
import { missingEvidence } from '../core/wording/missing-evidence.ts';
import { quote } from '../core/wording/quote.ts';
import { JOB_FIGURES, JOB_STEPS } from './wording/facts/jobs.ts';
import { say } from './wording/say.ts';

/** What a job is called in a sentence. */
export function jobTitle(language: Language, job: JobName): Markdown {
  return new Markdown(say(language, `job.${job}`));
}

/** How far a run is; empty when it told nothing, or a step that the catalogue does not know. */
export function progressWords(language: Language, progress: JobProgress | null): Markdown {
  const known = JOB_STEPS.find((step) => step === progress?.step);
  if (progress === null || known === undefined) return new Markdown('');
  const step = new Markdown(say(language, `step.${known}`));
  const { done = -1, total = -1 } = progress;
  return new Markdown(say(language, 'jobs.progress', { step, stepsDone: done, stepsTotal: total }));
}

/** How long a run took, or has taken until now; 0 where a clock was set in between. */
export function runLength(run: JobRun, now: number): number {
  return Math.max(0, (run.endedAt ?? now) - run.startedAt);
}

/** Figures that count what did not work in a run that otherwise did. */
const TROUBLES = ['failed', 'missing', 'changed', 'badCopies'];

interface EndedRun<Outcome> {
  readonly outcome: Outcome;
  readonly figures: JobRun['figures'];
}

/** How a run ended, for people: one that left something undone, or found something amiss, did not just go well. */
export function endedAs<Outcome extends JobRun['outcome']>({
  outcome,
  figures,
}: EndedRun<Outcome>): Outcome | 'partly' {
  return outcome === 'ok' && TROUBLES.some((name) => Number(figures[name] ?? 0) > 0) ? 'partly' : outcome;
}

/** Why there was nothing to do, in words. */
const NOTHING = {
  notSetUp: 'run.not-set-up',
  nothingNew: 'run.nothing-new',
  tooEarly: 'run.too-early',
} as const satisfies Readonly<Record<NothingDone, string>>;
/** Of use to other programs, not to a reader. */
const UNSAID = new Set(['plainBytes', 'place', 'seconds', 'sha256', 'hash', 'passages', 'erasedAgain', 'begun']);

function figureWords(language: Language, figures: JobRun['figures']): string[] {
  return Object.entries(figures).flatMap(([name, figure]) => {
    if (UNSAID.has(name)) return [];
    const known = JOB_FIGURES.find((one) => one === name);
    if (name === 'notInIt') return missingWords(language, String(figure));
    return [known === undefined ? quote(`${name} ${figure}`) : say(language, `figure.${known}`, { figure })];
  });
}

/** What is not in an archive of evidence: `figure` names the parts, or is "nothing". */
function missingWords(language: Language, figure: string): string[] {
  if (figure === 'nothing') return [say(language, 'figure.notInIt', { figure: 0 })];
  const parts = missingEvidence(language, figure.split(' '));
  return [
    `${say(language, 'figure.notInIt', { figure: parts.length })}\n${parts.map((part) => `- ${part}`).join('\n')}`,
  ];
}

/** A request as its one message in the ops room says it, at any moment. `isBusy`: another run of its job is under way. */
export function requestWords(language: Language, request: JobRequest, at: { now: number; isBusy: boolean }): string {
  const about = { job: jobTitle(language, request.job), dry: request.dry };
  if (request.refusal !== null) return say(language, 'run.refused', { ...about, why: request.refusal });
  if (request.state === 'withdrawn') return say(language, 'run.withdrawn', about);
  if (request.state === 'waiting') {
    if (request.repeats > 0) return say(language, 'run.again', about);
    return say(language, 'run.waiting', { ...about, begins: at.isBusy ? 'after' : 'soon' });
  }
  const { run } = request;
  if (run === null) return say(language, 'run.gone', about);
  const took = runLength(run, at.now);
  if (run.outcome === 'running') {
    return say(language, 'run.now', { ...about, took, progress: progressWords(language, run.progress) });
  }
  if (run.outcome === 'nothing') return say(language, NOTHING[nothingDone(run.figures) ?? 'nothingNew'], about);
  const counted = figureWords(language, run.figures);
  const ended = {
    ended: endedAs({ outcome: run.outcome, figures: run.figures }),
    took,
    reference: run.reference ?? '',
    counted: new Markdown(counted.join(', ')),
  };
  const text = say(language, 'run.ended', { ...about, ...ended });
  if (request.job === 'backup' && run.outcome === 'ok') return `${text}\n\n${say(language, 'run.then.backup')}`;
  const job = CONFIRMED_JOBS.find((name) => name === request.job);
  if (job === undefined || run.outcome === 'cancelled') return text;
  return `${text}\n\n${say(language, `run.then.${job}`, { ended: run.outcome })}`;
}
