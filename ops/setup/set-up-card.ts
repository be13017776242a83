import type { Language } from '../../core/caller.ts';
import { qrPicture } from '../qr-picture.ts';
import type { AccountName } from './synapse-admin.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/** Where somebody logs in. `confirm`: of an account that was there before: what is typed at the shell where its owner shows a new identity. */
interface CardPlace {
  readonly server: string;
  readonly bot: string;
  readonly columns: number | undefined;
  readonly confirm?: string;
}

/**
 * What a person needs to log in for the first time, for the terminal, shown once: the address of the server, the account, a one-time
 * password, and whom to write to. The picture holds the address alone: the password is for eyes.
 */
export async function setUpCard(
  language: Language,
  { user, password }: AccountName,
  { server, bot, columns, confirm }: CardPlace,
): Promise<string> {
  const facts = { user, password, server, bot };
  const words =
    confirm === undefined
      ? sayAtSetup(language, 'card', facts)
      : sayAtSetup(language, 'card.anew', { ...facts, confirm });
  return `${words}\n${await qrPicture(server, columns)}`;
}
