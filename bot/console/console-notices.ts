import type { DocumentInfo } from '../../core/document.ts';
import type { SweepParts } from '../../core/retention/sweep.ts';
import { code } from '../../core/wording/markdown.ts';
import { exampleOf } from '../commands/retention.ts';
import { say } from '../wording/say.ts';
import type { Screen } from './screen.ts';

/** What the console says of documents that will go by their age, and that went. */
export function consoleNotices(screen: Screen): Pick<SweepParts, 'onSoon' | 'onGone'> {
  const named = (documents: readonly DocumentInfo[]) => ({ names: documents.map(({ name }) => name), more: 0 });
  return {
    onSoon: ({ language }, documents, days) => {
      const change = code(exampleOf('documents', language));
      screen.say(say(language, 'retention.soon', { days, change, ...named(documents) }));
    },
    onGone: ({ language }, documents, days) =>
      screen.say(say(language, 'retention.gone', { days, ...named(documents) })),
  };
}
