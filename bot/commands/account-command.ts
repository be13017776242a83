import type { PersonId } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import { fullName, personId } from '../../core/person-id.ts';
import type { AccountDesk } from '../account-desk.ts';
import type { Departures } from '../erase/departures.ts';
import { accountsOf, CONFIRMATION, departuresOf } from './confirmed.ts';
import type { ExecutorServices } from './services.ts';

/** What commands have in common that do to somebody's account what cannot be undone: in the ops room, asked back first. */
export const ACCOUNT_COMMAND = {
  where: 'ops',
  role: 'admin',
  destructive: true,
  audit: ({ person }: { readonly person: string }, { server }: { readonly server: string }) => fullName(person, server),
  arguments: [{ name: 'person', type: 'name', label: 'person' }, ...CONFIRMATION],
  examples: ['@ben:example.org', { en: '@ben:example.org yes K7QM3F', de: '@ben:example.org ja K7QM3F' }],
  needs: ['departures', 'people', 'accounts', 'bot', 'server'],
} as const;

/**
 * Whose account is meant, and what sees to it. Throws AppError `unavailable` (`erase-in-chat`) in the console, `invalid` for what is
 * no name, and `conflict` (`not-the-bot`).
 */
export function accountMeant(
  { server, bot, ...services }: Pick<ExecutorServices, 'accounts' | 'departures' | 'bot' | 'server'>,
  name: string,
): { readonly accounts: AccountDesk; readonly departures: Departures; readonly person: PersonId } {
  const [accounts, departures] = [accountsOf(services.accounts), departuresOf(services.departures)];
  const person = personId(fullName(name, server));
  if (person === bot) throw new AppError('conflict', 'the bot itself', { reason: 'not-the-bot' });
  return { accounts, departures, person };
}
