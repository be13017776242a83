import { afterEach, beforeEach, expect, test } from 'vitest';
import { requestWords } from '../../../bot/job-words.ts';
import type { PersonId } from '../../../core/caller.ts';
import type { JobRun } from '../../../core/job.ts';
import { createLogger } from '../../../core/log.ts';
import { updatableModels } from '../../../core/models/updatable-models.ts';
import { loadTokenVectors } from '../../../core/static-embedder/token-vectors.ts';
import { updateJob } from '../../../ops/jobs/update.ts';
import { updateModels } from '../../../ops/update/update-models.ts';
import { closedPort } from '../../core/models/model-server.ts';
import { type OllamaHouse, ollamaHouse } from '../../core/ollama/ollama-house.ts';
import { sampleDocument, samplePassage } from '../../core/sqlite/sample-documents.ts';
import { openTestState } from '../open-test-state.ts';
import { ORDINARY_RUN } from '../ordinary-run.ts';

const NOW = 1_800_000_000_000;
const OLD = 'The water meter is read on 14 March [1].';
const BETTER = `${OLD} The reading is sent by post [1].`;
const WORSE = 'The water meter is read on 30 September [1].';

let house: OllamaHouse;
let home: Awaited<ReturnType<typeof openTestState>>;
let steps: string[];
const lines: string[] = [];
const log = createLogger({ name: 'test', level: 'debug', destination: { write: (line) => void lines.push(line) } });
beforeEach(async () => {
  house = await ollamaHouse();
  home = await openTestState(() => NOW);
  home.state.control.people.seed([{ id: '@ada:home.test', role: 'admin', language: 'en' }]);
  steps = [];
  house.has('qwen', OLD);
});
afterEach(async () => {
  home.remove();
  await house[Symbol.asyncDispose]();
});

const context = (dry = false) => ({
  ...{ ...ORDINARY_RUN, signal: new AbortController().signal, clock: () => NOW, log, previous: undefined, dry },
  progress: ({ step }: { step: string }) => void steps.push(step),
});
const parts = (registry = house.registry, embedding: 'none' | 'ollama' = 'none') => ({
  ...{ state: home.state, vectors: loadTokenVectors },
  find: () =>
    updatableModels(
      {
        answering: { kind: 'ollama', url: house.url, model: 'qwen', contextTokens: 4096 },
        embedding: embedding === 'none' ? { kind: 'none' } : { kind: 'ollama', url: house.url, model: 'bge' },
      },
      registry,
    ),
});
const alerts = () => home.state.control.alerts.recent(9).map(({ code, facts }) => [code, facts]);
const serving = () => house.models.get('qwen:latest');

/** What the ops room reads of a run with these figures. */
function words(figures: JobRun['figures'], language: 'en' | 'de' = 'en'): string {
  const { people, requests, jobs } = home.state.control;
  const person = people.list()[0]!.id;
  const { id } = requests.ask({ source: `$${Math.random()}`, person, job: 'update', dry: false, at: NOW });
  jobs.finish(requests.start([id], NOW)!, { at: NOW, outcome: 'ok', figures });
  return requestWords(language, requests.untold().find((one) => one.id === id)!, { now: NOW, isBusy: false });
}

test('with nothing newer nothing is fetched and nothing told', async () => {
  house.offers('library/qwen/latest', OLD);
  const figures = await updateModels(parts(), context());
  expect(figures).toEqual({ modelsCurrent: 1 });
  expect(words(figures)).toContain('1 model has no newer one');
  expect(house.seen.map(({ path }) => path)).not.toContain('/api/pull');
  expect(alerts()).toEqual([]);
});

test('a dry run says that there is a newer one, and changes nothing', async () => {
  house.offers('library/qwen/latest', BETTER);
  const before = new Map(house.models);
  const figures = await updateModels(parts(), context(true));
  expect(words(figures)).toContain('a newer model is there: qwen');
  expect(words(figures, 'de')).toContain('ein neueres Modell gibt es: qwen');
  expect(house.models).toEqual(before);
});

test('a newer one that does no worse takes the place of the old one', async () => {
  const ada = home.state.control.people.callerFor('@ada:home.test' as PersonId)!;
  const text = 'The spare key lies under the blue flower pot behind the shed.';
  home.state.vault.write(ada, (writer) => writer.addDocument(sampleDocument('$one'), [samplePassage(0, text)]));
  const old = serving();
  house.offers('library/qwen/latest', BETTER);
  const figures = await updateModels(parts(), context());
  expect(words(figures)).toContain('a newer model answers now: qwen');
  expect(serving()).not.toBe(old);
  expect([...house.models.keys()]).toEqual(['qwen:latest']);
  expect(alerts()).toEqual([['model-updated', { model: 'qwen' }]]);
  expect(new Set(steps)).toEqual(new Set(['update.models', 'update.pulling', 'update.measuring']));
  // Both were asked both questions: ours, and the one of Ada's papers, which neither holds at its second try either.
  const asked = house.seen.filter(({ path }) => path === '/api/chat').map(({ body }) => body.model);
  expect(asked).toEqual([...Array(3).fill('qwen'), ...Array(3).fill('kinkeeper-trial/qwen:latest')]);
  expect(JSON.stringify([lines, figures])).not.toContain('flower');
  expect(await updateModels(parts(), context())).toEqual({ modelsCurrent: 1 });
});

test.each([
  ['says what does not stand there', WORSE],
  ['does not answer', ''],
])('one that does worse is taken back, and not fetched again: it %s', async (_what, says) => {
  const old = serving();
  house.offers('library/qwen/latest', says);
  expect(words(await updateModels(parts(), context()))).toContain(
    'did worse on the test questions, the old one stays: qwen',
  );
  expect(serving()).toBe(old);
  expect([...house.models.keys()]).toEqual(['qwen:latest']);
  expect(alerts()).toEqual([['model-returned', { model: 'qwen' }]]);
  const pulls = () => house.seen.filter(({ path }) => path === '/api/pull').length;
  expect(words(await updateModels(parts(), context()))).toContain('did worse here, the old one stays: qwen');
  expect(pulls()).toBe(1);
  house.offers('library/qwen/latest', BETTER);
  expect(await updateModels(parts(), context())).toEqual({ modelsUpdated: 'qwen' });
});

test('a run that is stopped while it measures leaves the old one', async () => {
  const old = serving();
  house.offers('library/qwen/latest', BETTER);
  const stop = new AbortController();
  const progress = ({ step }: { step: string }) => {
    if (step === 'update.measuring') stop.abort();
  };
  await expect(updateModels(parts(), { ...context(), signal: stop.signal, progress })).rejects.toThrow();
  expect(serving()).toBe(old);
  expect([...house.models.keys()]).toEqual(['qwen:latest']);
});

test('a pull that fails and a house without a network are said, and end nothing', async () => {
  house.offers('library/qwen/latest', BETTER);
  house.failPull = true;
  expect(words(await updateModels(parts(), context()))).toContain('could not be taken, the old one stays: qwen');
  const offline = await updateModels(parts(await closedPort()), context());
  expect(words(offline)).toContain('this model could not be looked at: qwen');
  expect(words(offline, 'de')).toContain('nach diesem Modell ließ sich nicht sehen: qwen');
});

test('a model that was made here is said to be, and left alone', async () => {
  const figures = await updateModels(parts(), context());
  expect(figures).toEqual({ modelsOwn: 'qwen' });
  expect(words(figures)).toContain('made here, or is not of the registry: qwen');
});

test('a model of vectors is told of and left to the admin', async () => {
  house.has('bge', 'vectors');
  house.offers('library/bge/latest', 'other vectors');
  house.offers('library/qwen/latest', OLD);
  const figures = await updateModels(parts(house.registry, 'ollama'), context());
  expect(figures).toEqual({ modelsCurrent: 1, modelsByHand: 'bge' });
  expect(words(figures)).toContain('README');
  expect(house.seen.map(({ path }) => path)).not.toContain('/api/pull');
});

test('no model is looked at without a registry, and the job says what it saw', async () => {
  const find = async () =>
    updatableModels({ answering: { kind: 'auto', ollamaUrl: house.url }, embedding: { kind: 'none' } }, undefined);
  expect(await updateModels({ ...parts(), find }, context())).toEqual({});
  house.offers('library/qwen/latest', OLD);
  const job = updateJob({ update: undefined, helper: undefined, models: parts() });
  const figures = await job.run(context(true));
  expect(words(figures)).toContain('1 model has no newer one, Kinkeeper itself is updated by hand');
});
