import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What a card holds; `web`: where Element is in a browser; `days` until it is taken back at the latest. */
export interface CardFacts {
  readonly link: Markdown;
  readonly address: Markdown;
  readonly person: Markdown;
  readonly password: Markdown;
  readonly bot: Markdown;
  readonly web: Markdown | undefined;
  readonly days: number;
}

/** What is said in the ops room about accounts of the homeserver. */
export interface AccountFacts {
  'account.made': { readonly person: string };
  /** For somebody's first login. */
  'account.card': CardFacts;
  /** For whoever had an account, and got a new password for it. `confirm`: what an admin sends where they reset their identity. */
  'account.reset-card': CardFacts & { readonly confirm: Markdown };
  'account.picture': NoFacts;
  /** `reset` is undefined where the bot may not do it. */
  'account.there': { readonly person: string; readonly bot: Markdown; readonly reset: Markdown | undefined };
  'account.elsewhere': { readonly person: string; readonly bot: Markdown };
  'account.is-closed': { readonly person: string };
  /** There is none, and the bot may make none. `local`: its name without the server. */
  'account.missing': { readonly person: string; readonly local: Markdown; readonly bot: Markdown };
  /** The same, where the homeserver does not tell whether there is one. */
  'account.unseen': { readonly person: string; readonly local: Markdown; readonly bot: Markdown };
  'account.no-right': { readonly person: string };
  'account.reset-own': NoFacts;
  'account.reset-preview': { readonly person: string; readonly confirm: Markdown };
  /** The second question, before an admin's account. */
  'account.reset-admin': { readonly person: string; readonly confirm: Markdown };
  'account.reset-done': { readonly person: string };
  /** Said of somebody who was removed; `close` is undefined where the bot may not do it. */
  'account.stays': { readonly server: string; readonly close: Markdown | undefined };
  'account.close-known': { readonly person: string };
  'account.close-preview': { readonly person: string; readonly confirm: Markdown };
  'account.closed': { readonly person: string };
}
