import type { Command } from 'commander';
import { EXIT } from '../../core/exit.ts';
import { showKeyList } from './key-ages.ts';
import type { KeysDesk } from './keys-desk.ts';

/** How a subcommand of `kinkeeper keys` gets its work: the entry file reads the settings. */
export interface KeysCommandParts {
  readonly desk: (options: { config?: string }, passphrase: 'from-settings' | 'asked') => KeysDesk;
  readonly say: (line: string) => void;
  readonly now: () => number;
  /** The exit code of what was done. */
  readonly ended: (code: number) => void;
  readonly config: readonly [string, string];
}

/** Adds `kinkeeper keys list|passphrase|recovery-code|recover|rotate-master|rotate` to the program. */
export function addKeysCommand(program: Command, { desk, say, now, ended, config }: KeysCommandParts): void {
  const keys = program.command('keys').description('look at the keys of the household, and change them');
  const sub = (name: string, description: string) =>
    keys
      .command(name)
      .description(description)
      .option(...config);
  const done = (isDone: boolean) => ended(isDone ? EXIT.done : EXIT.failed);
  const work = async <Done>(opened: KeysDesk, act: (opened: KeysDesk) => Promise<Done>): Promise<Done> => {
    try {
      return await act(opened);
    } finally {
      opened.close();
    }
  };
  sub('list', 'which keys there are, and how old they are')
    .option('--json', 'as JSON')
    .action(async (options: { config?: string; json?: boolean }) => {
      const list = await work(desk(options, 'from-settings'), (one) => one.list());
      say(options.json ? JSON.stringify(list) : showKeyList(list, now()));
    });
  sub('passphrase', 'set a new passphrase with the old one').action((options) =>
    work(desk(options, 'asked'), (one) => one.passphrase()),
  );
  sub('recover', 'set a new passphrase with the recovery code').action((options) =>
    work(desk(options, 'asked'), (one) => one.recover()),
  );
  sub('recovery-code', 'make a new recovery code; the old one opens nothing any more').action(async (options) =>
    done(await work(desk(options, 'from-settings'), (one) => one.recoveryCode())),
  );
  sub('rotate-master', 'make a new master key and recovery code (bot and ops have to be stopped)').action(
    async (options) => done(await work(desk(options, 'from-settings'), (one) => one.rotateMaster())),
  );
  sub('rotate', 'make a new key for a person, or for all, and destroy the old one')
    .argument('<person|all>', 'a Matrix address, or all')
    .action((who: string, options) => work(desk(options, 'from-settings'), (one) => one.rotate(who)));
}
