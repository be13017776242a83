import type { Caller } from './caller.ts';

/** What a key of the HTTP API may do, each by itself. `read` lists papers; `delete` forgets them. */
export const API_SCOPES = ['upload', 'read', 'ask', 'export', 'delete'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

/** A key as its person sees it: everything but the key itself, which is shown once and kept nowhere. Times in milliseconds since 1970. */
export interface ApiKey {
  /** Counted by each person for themselves, never used again. */
  readonly number: number;
  readonly name: string;
  readonly scopes: readonly ApiScope[];
  readonly madeAt: number;
  readonly endsAt: number;
  /** When it opened something the last time; null before. */
  readonly usedAt: number | null;
  readonly uses: number;
  /** It opens nothing any more: its time is over, its person was removed, or the household was restored from a backup. */
  readonly isEnded: boolean;
}

/** What somebody wishes. `source`: the message that asks; a repeat of it gets a new key in the place of the one that nobody may have seen. */
export interface NewApiKey extends Pick<ApiKey, 'name' | 'scopes' | 'endsAt'> {
  readonly source: string;
}

/** A key that fits, and for whom it opens. `id` is the part of it that tells nothing. */
export interface OpenedKey {
  readonly id: string;
  readonly caller: Caller;
  readonly key: ApiKey;
}

/** What was done with a key; what the trail counts. */
export type ApiAct = ApiScope;

/** More keys than a person needs, and few enough for a message. */
export const MOST_API_KEYS = 20;
export const API_KEY_DAYS = 365;

/** The keys of the HTTP API. Implemented by core/sqlite; made and listed by the commands of bot, opened by its HTTP API. */
export interface ApiKeys {
  /** Makes one, and returns its text for the only time. Throws AppError `conflict` (`api-key-name`, `api-key-full`). */
  make(caller: Caller, wish: NewApiKey): { readonly key: ApiKey; readonly text: string };
  /** The caller's own, the oldest first. */
  of(caller: Caller): ApiKey[];
  /** Ends one of the caller's own for good. undefined when they have none of this number. */
  revoke(caller: Caller, number: number): ApiKey | undefined;
  /** Who comes with this text: `unknown` for what was never one of ours or was revoked, `ended` for one whose time is over. */
  open(text: string): OpenedKey | 'unknown' | 'ended';
  /** Whether a key that was opened before still opens something: asked again before what took long is answered. */
  opens(id: string): boolean;
  /** Notes one use: in the audit trail at once where it is the first of its kind (key, act, outcome) for a while, else counted for `settle`. */
  noteUse(id: string, act: ApiAct, outcome: 'done' | 'refused' | 'failed'): void;
  /**
   * Writes what was counted since before a time into the audit trail: a row for each key and outcome, with the times of the first use and
   * the last. What was not used since then is quiet: its next use is a first one.
   */
  settle(before: number): void;
  /** Ends all of them. For a household that was restored: a key that was revoked since must not come back. Returns how many ended. */
  endAll(): number;
}
