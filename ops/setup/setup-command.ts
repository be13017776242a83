import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import type { Clock } from '../../core/clock.ts';
import type { Answers } from './answers.ts';
import { askAnswers } from './ask-answers.ts';
import type { Asker } from './asker.ts';
import { readMachineFacts } from './machine-facts.ts';
import type { PlanFacts } from './plan/plan.ts';
import { fittingModel } from './preflight.ts';
import { readAnswers } from './read-answers.ts';
import { setup } from './setup.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** How `kinkeeper setup` gets its work. */
export interface SetupCommandParts {
  readonly asker: () => Asker;
  readonly say: (line: string) => void;
  readonly columns: number | undefined;
  readonly clock: Clock;
  readonly product: Pick<PlanFacts, 'node' | 'product'>;
  /** Aborts at the first Ctrl-C. Asked for when set-up begins, so that other commands end as they always did. */
  readonly stop: () => AbortSignal;
  readonly ended: (code: number) => void;
}

interface Options {
  readonly answers?: string;
  readonly show?: boolean;
}

/** Where set-up keeps the answers, unless another folder was chosen for data. */
const LAST_ANSWERS = '/srv/kinkeeper/answers.yaml';
const YES = /^(y|yes|j|ja)$/i;

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
    .action(async (options: Options) => parts.ended(await begin(parts, options)));
}

/** Those of last time, where they lie at the usual place and are wanted again; else asked for. */
async function answersOf(asker: Asker, { say }: SetupCommandParts): Promise<Answers> {
  if (!existsSync(LAST_ANSWERS)) return askAnswers(asker, { say, fits });
  const last = readAnswers(LAST_ANSWERS);
  const question = sayAtSetup(last.language, 'ask.last-answers', { file: LAST_ANSWERS });
  const answer = await asker.line(question);
  return answer === '' || YES.test(answer) ? last : askAnswers(asker, { say, fits });
}

/** The model that this machine can run beside the containers. */
async function fits(): Promise<string> {
  const machine = await readMachineFacts({ data: '/srv', ports: [], host: undefined });
  return fittingModel(machine, 'compose').model?.name ?? 'none';
}

async function begin(parts: SetupCommandParts, { answers: file, show = false }: Options): Promise<number> {
  const { say, columns, clock, product } = parts;
  const signal = parts.stop();
  const asker = file === undefined ? parts.asker() : undefined;
  try {
    const answers = file === undefined ? await answersOf(asker!, parts) : readAnswers(file);
    const confirm = async (question: string) => asker === undefined || YES.test(await asker.line(question));
    return await setup({ ...{ answers, product, say, confirm, columns, clock, signal }, isShown: show });
  } finally {
    asker?.close();
  }
}
