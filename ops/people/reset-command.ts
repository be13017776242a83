import type { Command } from 'commander';
import { AppError } from '../../core/errors.ts';
import { EXIT } from '../../core/exit.ts';
import { randomSecret } from '../setup/make-secret.ts';
import { setUpCard } from '../setup/set-up-card.ts';
import type { PeopleCommandParts } from './people-command.ts';
import { PERSON, personAtShell } from './person-at-shell.ts';
import { publicAddress, resetPassword } from './reset-password.ts';

/** The homeserver, and the bot's right over its accounts; `adminToken` undefined: it was given none. */
export interface AccountSettings {
  readonly homeserver: string;
  readonly botId: string;
  readonly adminToken: string | undefined;
}

/** How `kinkeeper people reset` gets its work. */
export interface ResetCommandParts extends PeopleCommandParts {
  readonly accounts: (options: { config?: string }) => AccountSettings;
  readonly columns: number | undefined;
}

/** A one-time password may have to be typed on a phone. */
const CARD_LETTERS = 16;

/** Adds `reset` to `kinkeeper people`: what an admin does in the ops room for others, for the one whom nobody else can help. */
export function addResetCommand(people: Command, parts: ResetCommandParts): void {
  people
    .command('reset')
    .description('give a person a new password and log them out everywhere; prints a card with it')
    .argument('<person>', PERSON)
    .option(...parts.config)
    .action(async (person: string, options: { config?: string }) => {
      parts.ended((await reset(parts, person, options)) ? EXIT.done : EXIT.failed);
    });
}

async function reset(parts: ResetCommandParts, who: string, options: { config?: string }): Promise<boolean> {
  const { open, accounts, prompt, say, now, columns } = parts;
  const { homeserver, botId, adminToken } = accounts(options);
  if (adminToken === undefined) throw noRight();
  using state = await open(options);
  const { control } = state;
  const { person, isMeant } = personAtShell(who, { people: control.people, botId });
  const known = control.people.find(person);
  if (known === undefined)
    throw new AppError('not-found', `${person} is not known`, {
      hint: 'Write the address as `people` in the ops room shows it.',
    });
  say(`This gives ${person} a new password and logs out all their devices. Their papers stay.`);
  say('Without their recovery key they cannot read old messages any more, and show a new identity: people confirm.');
  const isConfirmed = isMeant(await prompt().line('Type the name once more to do it'));
  const note = (outcome: 'done' | 'refused') =>
    control.audit.append({ at: now(), actor: 'shell', action: 'account.reset', target: person, outcome });
  if (!isConfirmed) {
    note('refused');
    say('Nothing was changed.');
    return false;
  }
  const password = randomSecret(CARD_LETTERS);
  await resetPassword(homeserver, { person, password, adminToken });
  note('done');
  const server = await publicAddress(homeserver, person);
  const place = { server, bot: botId, columns, confirm: `kinkeeper people confirm ${person}` };
  say(`\n${await setUpCard(known.language, { user: person, password }, place)}`);
  return true;
}

function noRight(): AppError {
  return new AppError('unavailable', 'the bot was given no right over accounts (homeserver.adminTokenFile)', {
    hint: 'Run set-up with makesAccounts: true; or, with the token of another administrator of Synapse, POST {"new_password": "…"} to /_synapse/admin/v1/reset_password/<their address>.',
  });
}
