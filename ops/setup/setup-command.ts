import type { Command } from 'commander';
import type { Clock } from '../../core/clock.ts';
import { askAnswers } from './ask-answers.ts';
import type { Asker } from './asker.ts';
import type { PlanFacts } from './plan/plan.ts';
import { readAnswers } from './read-answers.ts';
import { setup } from './setup.ts';

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

const YES = /^(y|yes|j|ja)$/i;

/** Adds `kinkeeper setup` to the program. */
export function addSetupCommand(program: Command, parts: SetupCommandParts): void {
  program
    .command('setup')
    .description('set everything up, or bring it up to date, step by step; shows first what would change')
    .option('--answers <file>', 'answers (YAML) instead of questions; its example is config/answers.yaml')
    .option('--show', 'show what would be done, and do nothing')
    .action(async (options: Options) => parts.ended(await begin(parts, options)));
}

async function begin(parts: SetupCommandParts, { answers: file, show = false }: Options): Promise<number> {
  const { say, columns, clock, product } = parts;
  const signal = parts.stop();
  const asker = file === undefined ? parts.asker() : undefined;
  try {
    const answers = file === undefined ? await askAnswers(asker!, say) : readAnswers(file);
    const confirm = async (question: string) => asker === undefined || YES.test(await asker.line(question));
    return await setup({ ...{ answers, product, say, confirm, columns, clock, signal }, isShown: show });
  } finally {
    asker?.close();
  }
}
