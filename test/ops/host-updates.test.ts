import { afterEach, beforeEach, expect, test } from 'vitest';
import { requestWords } from '../../bot/job-words.ts';
import type { JobName, JobRun } from '../../core/job.ts';
import { createLogger } from '../../core/log.ts';
import { HostHelper } from '../../ops/host/host-helper.ts';
import type { JobContext } from '../../ops/job-spec.ts';
import { hostUpdatesJob } from '../../ops/jobs/host-updates.ts';
import { updateJob } from '../../ops/jobs/update.ts';
import { outcomeOf } from '../../ops/run-records.ts';
import { TestHost } from './host/test-host.ts';
import { openTestState } from './open-test-state.ts';
import { ORDINARY_RUN } from './ordinary-run.ts';

const NOW = 1_800_000_000_000;
const log = createLogger({ name: 'test', level: 'silent' });
const context = (dry: boolean): JobContext => ({
  ...{ ...ORDINARY_RUN, signal: new AbortController().signal, clock: () => NOW, log, previous: undefined },
  dry,
});

let home: Awaited<ReturnType<typeof openTestState>>;
let host: TestHost;
beforeEach(async () => {
  home = await openTestState(() => NOW);
  host = TestHost.make();
});
afterEach(() => {
  home.remove();
  host.remove();
});

/** What the ops room is told of a run that somebody asked for. */
function words(job: JobName, figures: JobRun['figures']): string {
  const { people, requests, jobs } = home.state.control;
  people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  const person = people.list()[0]!.id;
  const { id } = requests.ask({ source: `$${job}`, person, job, dry: false, at: NOW });
  jobs.finish(requests.start([id], NOW)!, { at: NOW, outcome: outcomeOf(figures), figures });
  const request = requests.untold().find((one) => one.id === id)!;
  return requestWords('en', request, { now: NOW, isBusy: false });
}

test.each([
  ['hostUpdates', hostUpdatesJob({ helper: undefined })],
  ['update', updateJob({ update: undefined, helper: undefined, models: undefined })],
] as const)('%s that is not set up did nothing, and says so', async (name, job) => {
  const figures = await job.run(context(false));
  expect(words(name, figures)).toMatch(
    /^You asked for .*\. Nothing was done: it is not set up, or was not yet when bot and ops started/,
  );
});

test('what the helper does not know is no figure, and not said', async () => {
  host.fake('apt-get', 'echo "Inst libc6 [1] (2 Debian-Security:12/stable-security [amd64])"');
  const running = hostUpdatesJob({ helper: new HostHelper(host.spool) }).run(context(true));
  let serving = true;
  void running.finally(() => {
    serving = false;
  });
  while (serving) await host.run('serve');
  const figures = await running;
  expect(figures).toEqual({ security: 1, all: 1 });
  expect(words('hostUpdates', figures)).not.toMatch(/null|NaN/);
});
