import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Clock } from '../../core/clock.ts';
import { EXIT, UsageError } from '../../core/exit.ts';
import type { Answers } from './answers.ts';
import { askAnswers, type LaidAnswers } from './ask-answers.ts';
import { askYesOrNo } from './ask-yes-or-no.ts';
import type { Asker } from './asker.ts';
import { keepDraft, readDraft } from './draft.ts';
import { readMachineFacts } from './machine-facts.ts';
import type { PlanFacts } from './plan/plan.ts';
import { fittingModel } from './preflight.ts';
import { type Given, givenOf, rawAnswers } from './questions.ts';
import { checkAnswers, faultyPlaces, readAnswers } from './read-answers.ts';
import { setup } from './setup.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** How `kinkeeper setup` gets its work. */
export interface SetupCommandParts {
  readonly asker: () => Asker;
  readonly say: (line: string) => void;
  readonly columns: number | undefined;
  /** As in ops/setup/setup.ts. */
  readonly useEngine: (url: string) => void;
  readonly clock: Clock;
  readonly product: Pick<PlanFacts, 'node' | 'product'>;
  /** Aborts at the first Ctrl-C. Asked for when set-up begins, so that other commands end as they always did. */
  readonly stop: () => AbortSignal;
  readonly ended: (code: number) => void;
  /** File that keeps what was answered until set-up has come to its end. */
  readonly draft: string;
}

interface Options {
  readonly answers?: string;
  readonly show?: boolean;
  readonly prepare?: boolean;
}

/** Where set-up keeps the answers, unless another folder was chosen for data. */
const LAST_ANSWERS = '/srv/kinkeeper/answers.yaml';

/** Adds `kinkeeper setup` to the program. */
export function addSetupCommand(program: Command, parts: SetupCommandParts): void {
  program
    .command('setup')
    .description('set everything up, or bring it up to date, step by step; shows first what would change')
    .option(
      '--answers <file>',
      'answers (YAML) instead of questions; examples: config/answers.compose.yaml, config/answers.bare.yaml',
    )
    .option('--show', 'show what would be done, and do nothing')
    .option('--prepare', 'lay everything out and start nothing, for a restore (containers only; see ops/RUNBOOK.md)')
    .action(async (options: Options) => parts.ended(await begin(parts, options)));
}

/** Those of last time, where they are wanted as they are; else asked for, with those as defaults. */
async function answersOf(asker: Asker, { say, draft }: SetupCommandParts): Promise<Answers> {
  const last = lastAnswers(draft);
  if (last !== undefined) {
    const { language = 'en' } = last.given;
    const question = sayAtSetup(language, 'ask.last-answers', { file: last.file });
    if (last.answers !== undefined && (await askYesOrNo(asker, question, { language, say, enter: true })))
      return last.answers;
  }
  return askAnswers(asker, {
    ...{ say, fits, hasSystemd: existsSync('/run/systemd/system') },
    defaults: { timeZone: new Intl.DateTimeFormat().resolvedOptions().timeZone, ...last?.given },
    answersIn: (folder) => answersIn(folder, say),
    keep: (given) => keepDraft(draft, given),
  });
}

/** A folder may have been moved since its answers were laid there. What is wrong with such a file is said, and everything asked for. */
function answersIn(data: string, say: (line: string) => void): LaidAnswers | undefined {
  const file = join(data, 'answers.yaml');
  if (!existsSync(file)) return undefined;
  try {
    return { file, answers: { ...readAnswers(file), data } };
  } catch (thrown) {
    if (!(thrown instanceof UsageError)) throw thrown;
    say(thrown.message);
    return undefined;
  }
}

/** A run that did not come to its end has left a draft; one that did, its answers with the data. */
function lastAnswers(draft: string): { file: string; given: Given; answers: Answers | undefined } | undefined {
  const given = readDraft(draft);
  if (given !== undefined) return { file: draft, given, answers: usable(given) };
  if (!existsSync(LAST_ANSWERS)) return undefined;
  const answers = readAnswers(LAST_ANSWERS);
  return { file: LAST_ANSWERS, given: givenOf(answers), answers };
}

function usable(given: Given): Answers | undefined {
  return faultyPlaces(rawAnswers(given)).length === 0 ? checkAnswers(rawAnswers(given), '') : undefined;
}

/** The model that this machine can run beside the containers. */
async function fits(): Promise<string> {
  const machine = await readMachineFacts({ data: '/srv', ports: [], host: undefined });
  return fittingModel(machine, 'compose').model?.name ?? 'none';
}

async function begin(
  parts: SetupCommandParts,
  { answers: file, show = false, prepare = false }: Options,
): Promise<number> {
  const { say, columns, clock, useEngine, product, draft } = parts;
  const signal = parts.stop();
  const asker = file === undefined ? parts.asker() : undefined;
  try {
    const answers = file === undefined ? await answersOf(asker!, parts) : readAnswers(file);
    const { language } = answers;
    if (prepare && answers.kind !== 'compose')
      throw new UsageError(
        '--prepare is for containers. Services are restored first, and set up then: ops/RUNBOOK.md.',
      );
    const confirm = async (question: string) => asker === undefined || askYesOrNo(asker, question, { language, say });
    const code = await setup({
      ...{ answers, product, say, confirm, columns, clock, useEngine, signal },
      isShown: show,
      isPrepared: prepare,
      isAttended: asker !== undefined,
    });
    // From here on they lie with the data.
    if (code === EXIT.done && !show && !prepare && file === undefined) rmSync(draft, { force: true });
    return code;
  } finally {
    asker?.close();
  }
}
