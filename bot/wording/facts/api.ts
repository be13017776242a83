import type { ApiScope } from '../../../core/api-key.ts';
import type { Markdown } from '../../../core/wording/markdown.ts';
import type { NoFacts } from '../../../core/wording/shape.ts';

/** What is said about keys of the HTTP API in chat. */
export interface ApiFacts {
  'apikey.none': { readonly make: Markdown };
  'apikey.head': { readonly keys: number };
  /** `usedAt`: 0 when never. */
  'apikey.line': {
    readonly number: number;
    readonly name: string;
    readonly scopes: readonly ApiScope[];
    readonly madeAt: number;
    readonly endsAt: number;
    readonly usedAt: number;
    readonly uses: number;
    readonly isEnded: boolean;
  };
  'apikey.foot': { readonly make: Markdown; readonly revoke: Markdown };
  /** `key` is the key itself. */
  'apikey.made': {
    readonly name: string;
    readonly key: Markdown;
    readonly scopes: readonly ApiScope[];
    readonly endsAt: number;
    readonly revoke: Markdown;
  };
  /** To the person, in their chat: a paper came by the key of this name; `text` says what became of it. */
  'apikey.kept': { readonly key: string; readonly text: Markdown };
  /** To a program whose key may not list papers. */
  'apikey.known': NoFacts;
  'apikey.not-kept': { readonly key: string; readonly name: string; readonly why: Markdown };
  /** Before a key ends; `usedAt`: 0 when never. */
  'apikey.ends': { readonly name: string; readonly endsAt: number; readonly usedAt: number; readonly make: Markdown };
  /** All of somebody's keys were ended by an admin; `make` makes one anew. */
  'apikey.rotated': { readonly names: readonly string[]; readonly make: Markdown };
  'apikey.revoked': { readonly name: string; readonly uses: number };
}
