import type { Command } from 'commander';
import { assertParts } from './export-parts.ts';
import { type ImportOrder, importLines, importPerson } from './import-person.ts';

/** How `kinkeeper import` gets its work: the entry file reads the settings and asks for the password. */
export interface ImportCommandParts {
  /** Where the person's documents go. Throws what keeps the state folder from being opened now. */
  readonly household: (options: { config?: string }) => Pick<ImportOrder, 'stateDir' | 'passphrase'>;
  readonly password: () => Promise<string>;
  readonly say: (line: string) => void;
  readonly config: readonly [string, string];
}

/** Adds `kinkeeper import` to the program. */
export function addImportCommand(program: Command, { household, password, say, config }: ImportCommandParts): void {
  program
    .command('import')
    .description('take in what `!export` sent, for one person; the bot has to be stopped')
    .argument('<zips...>', 'all parts of the export')
    .requiredOption('--person <address>', 'whose documents they become, such as @ada:home.test')
    .option(...config)
    .option('--json', 'what became of it as JSON')
    .action(async (files: string[], options: { person: string; config?: string; json?: boolean }) => {
      const into = household(options);
      await assertParts(files);
      const imported = await importPerson({ ...into, files, person: options.person, password: await password() });
      say(options.json ? JSON.stringify(imported) : importLines(imported));
    });
}
