import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What is said about keys and lockdown. Ages are milliseconds; -1: from before ages were noted. */
export interface KeyFacts {
  'keys.list': {
    readonly generation: number;
    readonly master: number;
    readonly passphrase: number;
    readonly recovery: number;
    readonly count: number;
    /** How many of them are of people, of family rooms, of lent documents. */
    readonly kinds: Readonly<Record<'person' | 'room' | 'shelf', number>>;
    readonly undated: number;
    readonly oldest: number;
    readonly newest: number;
    readonly waiting: number;
  };
  'keys.rotate-ask': { readonly keys: number; readonly call: Markdown };
  /** Something else than a yes was typed: a person, most likely. */
  'keys.rotate-one': { readonly given: string };
  'keys.rotate-begun': { readonly keys: number };
  /** `checked` against the code; `standing`: messages that the server did not let the bot take back. */
  'keys.confirmed': { readonly checked: boolean; readonly takenBack: number; readonly standing: number };
  'keys.confirm-none': NoFacts;
  'lockdown.begun': NoFacts;
  /** To a command in the ops room meanwhile. */
  'lockdown.ops': { readonly since: number };
  /** In the ops room, once the lockdown was lifted. */
  'lockdown.over': NoFacts;
  /** Said once to everybody who writes meanwhile. */
  'lockdown.notice': NoFacts;
}
