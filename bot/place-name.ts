import type { Language } from '../core/caller.ts';
import { Markdown } from '../core/wording/markdown.ts';
import { say } from './wording/say.ts';

/** A page of a file that lies inside another one, as core/extract/members.ts labels it. */
const PAGE_INSIDE = /^(.*\S) p\. (\d+)$/su;

/**
 * The label of a part as people read it, for sources of answers and `!show`: "pass.pdf p. 1" is kept in one wording for
 * all, and shown in German as "pass.pdf S. 1". Not yet escaped.
 */
export function placeName(language: Language, label: string): string {
  const [, name, page] = PAGE_INSIDE.exec(label) ?? [];
  if (name === undefined || page === undefined) return label;
  return say(language, 'place.page-inside', { name: new Markdown(name), page });
}
