import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What only the console says: it has no attachments, so files are added by their paths. */
export interface ConsoleFacts {
  'console.hello': { readonly person: string; readonly model: string };
  'console.hint': NoFacts;
  'console.recovery-code': { readonly code: string };
  'console.add-what': NoFacts;
  'console.no-such-file': { readonly name: string };
  /** Below `!help`. */
  'console.help': NoFacts;
  'console.wrong-password': { readonly name: string };
  'console.locked': { readonly name: string };
  'console.exported': { readonly folder: string; readonly parts: number; readonly password: Markdown };
  'console.bye': NoFacts;
}
