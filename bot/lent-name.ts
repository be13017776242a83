import type { Caller, Language } from '../core/caller.ts';
import { lentDocument } from '../core/lend-document.ts';
import type { Vault } from '../core/tenant.ts';
import { say } from './wording/say.ts';

/** The name of a lent document, or words that it is damaged: ending a share needs no more of it. */
export function lentName(vault: Vault, shelf: Caller): (language: Language) => string {
  const name = lentDocument(vault, shelf)?.name;
  return (language) => name ?? say(language, 'share.damaged');
}
