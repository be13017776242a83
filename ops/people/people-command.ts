import type { Command } from 'commander';
import type { OpenState } from '../../core/control.ts';
import { AppError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit.ts';
import { confirmIdentity, fingerprintOf } from '../../core/identities.ts';
import type { Prompt } from '../keys/prompt.ts';
import { PERSON, personAtShell } from './person-at-shell.ts';
import { addResetCommand, type ResetCommandParts } from './reset-command.ts';

/** How `kinkeeper people` gets its work: the entry file reads the settings and opens the state folder. */
export interface PeopleCommandParts {
  readonly open: (options: { config?: string }) => Promise<OpenState>;
  /** The bot's own address by the settings, where they name one: a name alone may mean somebody of its server. */
  readonly botId: (options: { config?: string }) => string | undefined;
  readonly prompt: () => Prompt;
  readonly say: (line: string) => void;
  readonly now: () => number;
  /** The exit code of what was done. */
  readonly ended: (code: number) => void;
  readonly config: readonly [string, string];
}

/** Adds `kinkeeper people` with its commands. They work beside a running bot, which follows with its next message. */
export function addPeopleCommand(program: Command, parts: ResetCommandParts): void {
  const people = program.command('people').description('what only the shell may decide about people');
  addResetCommand(people, parts);
  people
    .command('confirm')
    .description('take the identity that an account shows now for its owner’s, after a reset of their own')
    .argument('<person>', PERSON)
    .option(...parts.config)
    .action(async (person: string, options: { config?: string }) => {
      parts.ended((await confirm(parts, person, options)) ? EXIT.done : EXIT.failed);
    });
}

async function confirm(
  { open, botId, prompt, say, now }: PeopleCommandParts,
  who: string,
  options: { config?: string },
): Promise<boolean> {
  using state = await open(options);
  const { control } = state;
  const { person, isMeant } = personAtShell(who, { people: control.people, botId: botId(options) });
  const key = control.identities.waiting(person);
  // Somebody who was removed has an identity too, as long as they are not erased: a goodbye may wait for it.
  if (key === undefined && control.people.find(person) === undefined) {
    throw new AppError('not-found', `${person} is not known`, {
      hint: 'Write the address as `people` in the ops room shows it.',
    });
  }
  if (key === undefined) {
    say(`There is nothing to confirm: ${person} shows the identity that is known.`);
    return true;
  }
  say(`The account of ${person} shows a new identity. It begins with: ${fingerprintOf(key)}`);
  say('Whoever holds it asks and reads in their name. Confirm it only if they reset it themselves.');
  const answer = await prompt().line('Type the name once more to confirm');
  const isDone = isMeant(answer) && confirmIdentity(control, person, key);
  const outcome = isDone ? 'done' : 'refused';
  control.audit.append({ at: now(), actor: 'shell', action: 'identity.confirmed', target: person, outcome });
  say(isDone ? `Confirmed. What waited for ${person} is sent within a minute.` : 'Nothing was changed.');
  return isDone;
}
