import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import { keepTestQuestions } from '../../core/backup/test-question.ts';
import type { Facts, OpenState } from '../../core/control.ts';
import type { JobRun } from '../../core/job.ts';
import { reference } from '../../core/log.ts';
import type { UpdatableModel } from '../../core/model-updates.ts';
import { inMegabytes } from '../backup/in-megabytes.ts';
import type { JobContext } from '../job-spec.ts';
import { doesNoWorse } from './measure-models.ts';

/** The fact that holds which models did worse here than what they were to replace: digests by names. */
const REFUSED = 'models-refused';

/** What updating models works with. */
export interface ModelUpdateParts {
  readonly state: Pick<OpenState, 'control' | 'vault'>;
  readonly vectors: () => TokenVectors;
  /** The models in use that can be looked at. */
  readonly find: () => Promise<readonly UpdatableModel[]>;
}

/** What came of a model. */
type Outcome = 'Current' | 'Own' | 'Unknown' | 'Newer' | 'ByHand' | 'Refused' | 'Updated' | 'Returned' | 'Failed';

const UNCHANGED = { current: 'Current', own: 'Own', unknown: 'Unknown' } as const;

/**
 * Looks whether the registry has newer ones of the models in use and, unless the run is dry, takes those that word answers, when they do no
 * worse than the old ones here. A model of vectors is only told of: those of another one do not go with what is stored. One that did
 * worse is not fetched again. Figures: `modelsCurrent` (how many), and names by what came of them (`modelsNewer`, ...). Throws the signal's reason.
 */
export async function updateModels(parts: ModelUpdateParts, context: JobContext): Promise<JobRun['figures']> {
  const models = await parts.find();
  const named: Partial<Record<Outcome, string[]>> = {};
  for (const model of models) {
    context.progress({ step: 'update.models' });
    const outcome = await oneModel(model, parts, context);
    named[outcome] = [...(named[outcome] ?? []), model.name];
  }
  const { Current = [], ...told } = named;
  return {
    ...(Current.length > 0 && { modelsCurrent: Current.length }),
    ...Object.fromEntries(Object.entries(told).map(([outcome, names]) => [`models${outcome}`, names.join(', ')])),
  };
}

async function oneModel(model: UpdatableModel, parts: ModelUpdateParts, context: JobContext): Promise<Outcome> {
  const { signal, dry, log } = context;
  const { facts } = parts.state.control;
  if (!dry && model.use === 'answering' && !(await settled(model, context))) return 'Unknown';
  const news = await model.news(signal);
  if (news.state !== 'newer') return UNCHANGED[news.state];
  if (model.use === 'embedding') return 'ByHand';
  if (refusedOf(facts)[model.name] === news.digest) return 'Refused';
  if (dry) return 'Newer';
  try {
    return (await tryNewer(model, parts, context)) ? taken(model, parts) : refused(model, news.digest, parts);
  } catch (thrown) {
    signal.throwIfAborted();
    log.warn({ err: thrown, model: model.name, reference: reference() }, 'a newer model could not be taken');
    return 'Failed';
  }
}

/** False when the server cannot be asked. */
async function settled(model: UpdatableModel, { signal }: JobContext): Promise<boolean> {
  try {
    await model.settle(signal);
    return true;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/** Whether the newer one is in place now. */
async function tryNewer(model: UpdatableModel, parts: ModelUpdateParts, context: JobContext): Promise<boolean> {
  const { signal, clock, progress } = context;
  const onProgress = (done: number | undefined, total: number | undefined) =>
    progress({ step: 'update.pulling', ...inMegabytes(done, total) });
  onProgress(undefined, undefined);
  await model.fetch({ signal, onProgress });
  let isBetter = false;
  try {
    const vectors = parts.vectors();
    keepTestQuestions(parts.state, { vectors, now: clock() });
    isBetter = await doesNoWorse(model, { state: parts.state, vectors }, context);
  } finally {
    await (isBetter ? model.take() : model.drop());
  }
  return isBetter;
}

function taken({ name }: UpdatableModel, { state: { control } }: ModelUpdateParts): Outcome {
  control.alerts.raise({ code: 'model-updated', severity: 'info', facts: { model: name } });
  return 'Updated';
}

function refused({ name }: UpdatableModel, digest: string, { state: { control } }: ModelUpdateParts): Outcome {
  control.facts.set(REFUSED, JSON.stringify({ ...refusedOf(control.facts), [name]: digest }));
  control.alerts.raise({ code: 'model-returned', severity: 'warning', facts: { model: name } });
  return 'Returned';
}

function refusedOf(facts: Facts): Record<string, string> {
  return JSON.parse(facts.get(REFUSED) ?? '{}') as Record<string, string>;
}
