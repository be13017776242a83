import { languageName } from '../../core/ask/guess-language.ts';
import { partUnit } from '../../core/document-parts.ts';
import type { Inside, PassageLine, Refused } from './look-inside.ts';

const names = new Intl.ListFormat('en-GB', { type: 'conjunction' });

/** What `lookInside` found, for a terminal: a line of facts, then the beginnings of passages by page. */
export function showInside(found: Inside | Refused): string {
  if (!found.ok)
    return [`${found.name}: not kept (${found.reason})`, found.message, found.advice].filter(Boolean).join('\n  ');
  const { name, kind, pages, passages, languages, unreadable, damaged, first } = found;
  const facts = [
    kind,
    ...(pages > 1 ? [count(pages, partUnit(kind))] : []),
    count(passages, 'passage'),
    languages.length === 0 ? 'language unknown' : names.format(languages.map((one) => languageName(one) ?? one)),
  ];
  const lines = [
    `${name}: ${facts.join(', ')}`,
    ...(damaged ? ['damaged: read as far as it goes'] : []),
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
