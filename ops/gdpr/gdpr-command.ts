import { type Command, Option } from 'commander';
import { LANGUAGES, type Language } from '../../core/caller.ts';
import type { GdprFacts } from './facts.ts';
import { writePapers } from './write-papers.ts';

/** How `kinkeeper gdpr` gets its work: the entry file reads the settings and opens the state folder. */
export interface GdprCommandParts {
  readonly facts: (options: { config?: string }) => Promise<GdprFacts>;
  readonly say: (line: string) => void;
  readonly config: readonly [string, string];
}

/** Adds `kinkeeper gdpr` to the program. */
export function addGdprCommand(program: Command, { facts, say, config }: GdprCommandParts): void {
  program
    .command('gdpr')
    .description('write record of processing, impact assessment and privacy notice from the real settings')
    .option(...config)
    .option('--out <folder>', 'folder that they are written into', './gdpr')
    .addOption(new Option('--language <language>', 'one language only').choices(LANGUAGES))
    .action(async (options: { config?: string; out: string; language?: Language }) => {
      const languages = options.language === undefined ? LANGUAGES : [options.language];
      for (const path of writePapers(await facts(options), options.out, languages)) say(path);
    });
}
