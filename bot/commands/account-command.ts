import type { PersonId } from '../../core/caller.ts';
import { AppError } from '../../core/errors.ts';
import type { AccountDesk } from '../account-desk.ts';
import type { Departures } from '../erase/departures.ts';
import { accountsOf, CONFIRMATION, departuresOf } from './confirmed.ts';
import type { ExecutorServices } from './services.ts';

/** What commands have in common that do to somebody's account what cannot be undone: in the ops room, asked back first. */
export const ACCOUNT_COMMAND = {
  where: 'ops',
  role: 'admin',
  destructive: true,
  audit: ({ person }: { readonly person: string }) => person,
  arguments: [{ name: 'person', type: 'person', label: 'person' }, ...CONFIRMATION],
  examples: ['@ben:example.org', { en: '@ben:example.org yes K7QM3F', de: '@ben:example.org ja K7QM3F' }],
  needs: ['departures', 'people', 'accounts', 'bot'],
} as const;

/** What sees to somebody's account. Throws AppError `unavailable` (`erase-in-chat`) in the console, and `conflict` (`not-the-bot`). */
export function accountMeant(
  { bot, ...services }: Pick<ExecutorServices, 'accounts' | 'departures' | 'bot'>,
  person: PersonId,
): { readonly accounts: AccountDesk; readonly departures: Departures } {
  const [accounts, departures] = [accountsOf(services.accounts), departuresOf(services.departures)];
  if (person === bot) throw new AppError('conflict', 'the bot itself', { reason: 'not-the-bot' });
  return { accounts, departures };
}
