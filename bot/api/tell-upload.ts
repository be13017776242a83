import type { Caller } from '../../core/caller.ts';
import { errorCode } from '../../core/errors.ts';
import type { Logger } from '../../core/log.ts';
import { Markdown } from '../../core/wording/markdown.ts';
import { keptText } from '../kept-text.ts';
import { say, sayError } from '../wording/say.ts';
import type { ApiDeskParts } from './api-desk.ts';
import type { Upload } from './api-uploads.ts';

/** A scanner that tries the same file again and again is told of once in so long. */
const ONCE_MS = 3_600_000;

/**
 * Tells a person in their chat what came of a file that was sent with one of their keys. Not of what was known before, nor of
 * what was ended or went wrong here: the program is to try that again. Never throws.
 */
export function tellUpload(
  { tell, clock, log }: Pick<ApiDeskParts, 'tell' | 'clock'> & { readonly log: Logger },
  { caller, key, upload }: { readonly caller: Caller; readonly key: string; readonly upload: Upload },
): void {
  const { id, name, outcome, failure } = upload;
  try {
    if (outcome?.kept.known) return;
    if (outcome) {
      const reading = { ...outcome.reading, depth: 'ready' as const };
      tell(caller.person, {
        key: `upload ${id}`,
        text: (language) =>
          say(language, 'apikey.kept', { key, text: new Markdown(keptText(language, outcome.kept, reading)) }),
      });
      return;
    }
    if (['internal', 'unavailable'].includes(errorCode(failure))) return;
    tell(caller.person, {
      key: `upload ${key} ${name} ${Math.floor(clock() / ONCE_MS)}`,
      text: (language) =>
        say(language, 'apikey.not-kept', { key, name, why: new Markdown(sayError(language, failure, '')) }),
    });
  } catch (error) {
    log.warn({ err: error }, 'what came of an upload could not be told in chat');
  }
}
