import type { FoundPassage } from '../../core/ask/found-passage.ts';
import { readPassages } from '../../core/ask/read-passages.ts';
import type { TokenVectors } from '../../core/ask/token-vectors.ts';
import { findingsOfTestQuestion } from '../../core/backup/test-question.ts';
import type { OpenState } from '../../core/control.ts';
import type { UpdatableModel } from '../../core/model-updates.ts';
import type { LanguageModel } from '../../core/question.ts';
import { readSound } from '../../core/read-sound.ts';
import type { JobContext } from '../job-spec.ts';

/** A model takes up to a minute for each on a small machine, and two are asked. */
const MOST_TENANTS = 5;

/** What measuring works with. */
export interface MeasureParts {
  readonly state: Pick<OpenState, 'control' | 'vault'>;
  readonly vectors: TokenVectors;
}

/** A question, and passages that hold its answer. */
interface Case {
  readonly question: string;
  readonly found: readonly FoundPassage[];
}

/**
 * Whether a model on trial does no worse than the one that serves: both are asked one question of ours and the stored test questions
 * of up to five people, and each answer is checked against the passages that it cites, as those for people are. It has to answer every time,
 * and at least as many with what stands there. Throws the signal's reason.
 */
export async function doesNoWorse(
  { serving, onTrial }: Pick<UpdatableModel, 'serving' | 'onTrial'>,
  parts: MeasureParts,
  context: Pick<JobContext, 'signal' | 'clock' | 'log' | 'progress'>,
): Promise<boolean> {
  const cases = [OURS, ...casesOf(parts, context.clock())];
  let asked = 0;
  const measure = async (model: LanguageModel) => {
    const results = [];
    for (const one of cases) {
      context.progress({ step: 'update.measuring', done: asked, total: cases.length * 2 });
      results.push(await ask(model, one, parts.vectors, context.signal));
      asked += 1;
    }
    return {
      failed: results.filter((result) => result === 'failed').length,
      held: results.filter((result) => result === 'held').length,
    };
  };
  const before = await measure(serving);
  const after = await measure(onTrial);
  context.log.info({ asked: cases.length, before, after }, 'a newer model was measured');
  return after.failed === 0 && after.held >= before.held;
}

/** The better of two tries: a small model answers the same question well at one time and not at the next. */
async function ask(model: LanguageModel, one: Case, vectors: TokenVectors, signal: AbortSignal) {
  const first = await askOnce(model, one, vectors, signal);
  if (first === 'held') return first;
  const second = await askOnce(model, one, vectors, signal);
  return second === 'failed' ? first : second;
}

async function askOnce(model: LanguageModel, { question, found }: Case, vectors: TokenVectors, signal: AbortSignal) {
  try {
    const answer = await readPassages(model, { question, found, vectors }, { signal, language: 'en' });
    return answer.kind === 'answered' ? 'held' : 'other';
  } catch {
    signal.throwIfAborted();
    return 'failed';
  }
}

function casesOf({ state: { control, vault }, vectors }: MeasureParts, now: number): Case[] {
  const cases: Case[] = [];
  for (const { tenant, kind } of control.people.tenants()) {
    if (kind === 'shelf' || cases.length >= MOST_TENANTS) continue;
    const read = { vault, people: control.people };
    const one = readSound(read, tenant, (reader) => findingsOfTestQuestion(reader, { vectors, now }));
    if (one !== undefined) cases.push(one);
  }
  return cases;
}

const TEXT = 'The water meter in the cellar is read on 14 March. The reading is sent to the waterworks by post.';

/** For a household that keeps nothing yet: a model has to be able to read this. */
const OURS: Case = {
  question: 'On which day is the water meter read?',
  found: [
    {
      score: 1,
      passage: {
        ...{ id: 1, document: 1, documentName: 'meter.txt', position: 0, page: null, heading: '' },
        ...{ start: 0, end: TEXT.length, text: TEXT, language: 'en' },
      },
    },
  ],
};
