import type { Language } from '../../core/caller.ts';
import { qrPicture } from '../qr-picture.ts';
import type { AccountName } from './synapse-admin.ts';
import { sayAtSetup } from './wording/say-setup.ts';

/**
 * What a person needs to log in for the first time, for the terminal, shown once: the address of the server, the account, a one-time
 * password, and whom to write to. The picture holds the address alone: the password is for eyes.
 */
export async function setUpCard(
  language: Language,
  { user, password }: AccountName,
  { server, bot, columns }: { readonly server: string; readonly bot: string; readonly columns: number | undefined },
): Promise<string> {
  const words = sayAtSetup(language, 'card', { user, password, server, bot });
  return `${words}\n${await qrPicture(server, columns)}`;
}
