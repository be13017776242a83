import type { Language } from './caller.ts';
import type { People } from './people.ts';

/**
 * The language in which the ops room is spoken to by itself, and mails and webhooks beside it: the first admin's, English while nobody is
 * known. Asked at each sending, so that `!language` counts at once. What somebody asked for is answered in their own.
 */
export function opsLanguage(people: Pick<People, 'list'>): Language {
  return people.list().find(({ role }) => role === 'admin')?.language ?? 'en';
}
