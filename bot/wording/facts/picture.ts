import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What a picture says in short words, and what it shows for whoever cannot see it. Times in seconds, moments in milliseconds since 1970. */
export interface PictureFacts {
  'picture.title': NoFacts;
  'picture.range': { readonly from: number; readonly to: number };
  /** Labels of axes. */
  'picture.day': { readonly at: number };
  'picture.size': { readonly bytes: number };
  'picture.pace': { readonly seconds: number };
  'picture.count': { readonly count: number };
  'picture.kept': NoFacts;
  'picture.disk': NoFacts;
  'picture.disk-now': { readonly free: number; readonly total: number };
  /** Neither disk nor state folder were measured. */
  'picture.not-measured': NoFacts;
  'picture.backups': NoFacts;
  /** `at`: when the newest was made. A picture is looked at later, too: no age. */
  'picture.backups-now': { readonly at: number; readonly isProven: boolean };
  'picture.backups-none': NoFacts;
  /** There are some, but older than the picture goes. */
  'picture.backups-old': { readonly at: number };
  'picture.proven': NoFacts;
  'picture.unproven': NoFacts;
  'picture.answers': NoFacts;
  'picture.answers-now': { readonly count: number };
  'picture.answers-none': NoFacts;
  'picture.median': NoFacts;
  'picture.slow': NoFacts;
  'picture.logins': NoFacts;
  'picture.logins-now': { readonly count: number };
  'picture.logins-none': NoFacts;
  /** The parts of the text alternative, one sentence each. `earlier`: at the first day that knows it. */
  'picture.alt-kept': { readonly bytes: number; readonly earlier: number; readonly since: number };
  'picture.alt-disk': { readonly free: number; readonly total: number };
  'picture.alt-backups': { readonly made: number; readonly proven: number; readonly newestOne: Markdown };
  'picture.alt-answers': { readonly count: number; readonly median: number; readonly slow: number };
  'picture.alt-logins': { readonly most: number; readonly at: number };
  /** The picture could not be made, or not be sent; the text stands alone. */
  'picture.failed': { readonly why: 'drawing' | 'sending' };
}
