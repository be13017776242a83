import { LANGUAGES } from '../core/caller.ts';
import { say } from './wording/say.ts';

const LABELS = LANGUAGES.map((language) => say(language, 'note.label'));

/** True for the page of a document that holds what a person wrote below its file, in whatever language it was named. */
export function isNotePage(page: string | null): boolean {
  return page !== null && LABELS.includes(page);
}
