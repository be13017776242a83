import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { AskingAnswers, Violation } from './answers.ts';

/** One answer as it was given, with all that is counted of it: a line of the file by which a long run goes on. */
export interface GivenAnswer {
  readonly id: string;
  readonly model: string;
  readonly seconds: number;
  readonly kind: string;
  /** null: "your documents don't say". */
  readonly answer: string | null;
  readonly leftOut: number;
  readonly marks: number;
  readonly violations: readonly Violation[];
}

/**
 * Writes answers to a file as they come and tells of each on stderr. With `resume` those of the same model that the file
 * holds already are not asked again; otherwise it begins anew. Without a file it only tells.
 */
export function followAnswers(
  file: string | undefined,
  { model, resume }: { model: string; resume: boolean },
): Required<Pick<AskingAnswers, 'known' | 'onAnswer'>> {
  const known = new Map(file && resume ? answersIn(file, model).map((one) => [one.id, one]) : []);
  if (file && !resume) writeFileSync(file, '');
  let [spent, asked] = [0, 0];
  return {
    known,
    onAnswer: (given, { done, wanted }) => {
      if (known.has(given.id)) return;
      if (file) appendFileSync(file, `${JSON.stringify(given)}\n`);
      [spent, asked] = [spent + given.seconds, asked + 1];
      const left = ((wanted - done) * spent) / asked;
      const times = `${given.seconds.toFixed(0)} s, ${spent.toFixed(0)} s so far, about ${left.toFixed(0)} s to go`;
      console.error(`answer ${done}/${wanted} ${given.id} ${given.kind}: ${times}`);
    },
  };
}

/** Such an answer says nothing of the model, and is asked for again. */
const MODEL_FAILED = 'passages (model-failed)';

/** The last line may be cut off where a run was killed. */
function answersIn(file: string, model: string): GivenAnswer[] {
  if (!existsSync(file)) return [];
  return readFileSync(file, 'utf8')
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as GivenAnswer)
    .filter((one) => one.model === model && one.kind !== MODEL_FAILED);
}
