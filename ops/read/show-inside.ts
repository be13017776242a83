import { languageName } from '../../core/ask/guess-language.ts';
import type { Inside, PassageLine, Refused } from './look-inside.ts';

/** What `lookInside` found, for a terminal: a line of facts, then the beginnings of passages by page. */
export function showInside(found: Inside | Refused): string {
  if (!found.ok)
    return [`${found.name}: not kept (${found.reason})`, found.message, found.advice].filter(Boolean).join('\n  ');
  const { name, kind, pages, passages, language, unreadable, first } = found;
  const facts = [
    kind,
    count(pages, 'page'),
    count(passages, 'passage'),
    language === null ? 'language unknown' : (languageName(language) ?? language),
  ];
  const lines = [
    `${name}: ${facts.join(', ')}`,
    ...(unreadable.length > 0 ? [`not read: ${unreadable.join('; ')}`] : []),
    ...first.map(showPassage),
    ...(passages > first.length ? [`… and ${passages - first.length} more`] : []),
  ];
  return lines.join('\n  ');
}

function showPassage({ page, heading, line }: PassageLine): string {
  const place = [page === null ? '' : /^\d+$/.test(page) ? `p. ${page}` : page, heading].filter(Boolean).join(' · ');
  return place === '' ? line : `[${place}] ${line}`;
}

function count(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`;
}
