import { say } from '../wording/say.ts';
import { defineCommand } from './command-spec.ts';

/** `!keys`: how old the keys of the household are. Ages and counts only; everything that needs the passphrase is done at the shell. */
export const keys = defineCommand({
  name: 'keys',
  typed: { en: 'keys', de: 'schlüssel' },
  aliases: [],
  where: 'ops',
  role: 'admin',
  destructive: false,
  audit: null,
  arguments: [],
  examples: [''],
  needs: ['keys', 'clock'],
  execute: ({ caller, keys: household, clock }) => {
    const { generation, madeAt } = household.master();
    const { count, kinds, undated, oldest, newest } = household.ages();
    const age = (at: number | null | undefined) => (at === null || at === undefined ? -1 : Math.max(0, clock() - at));
    return say(caller.language, 'keys.list', {
      generation,
      master: age(madeAt.master),
      passphrase: age(madeAt.passphrase),
      recovery: age(madeAt.recovery),
      ...{ count, kinds, undated, oldest: age(oldest), newest: age(newest), waiting: household.waiting().length },
    });
  },
});
