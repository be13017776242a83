import type { Language } from '../../core/caller.ts';
import { FORMATS } from '../../core/wording/format.ts';
import type { Entries } from '../../core/wording/shape.ts';

/** What `kinkeeper checklist` says around the lines (those: core/wording/checklist). */
interface ShellFacts {
  /** `hostReadAt`: a moment; empty when the host was not read. */
  readonly counts: {
    readonly fail: number;
    readonly unknown: number;
    readonly pass: number;
    readonly hostReadAt: string;
  };
  readonly leftOut: { readonly lines: number };
  /** `went`: why there was no new look, a word of ours. */
  readonly notAnew: { readonly went: string };
  readonly waiting: { readonly lines: number };
}

const { en, de } = FORMATS;

/** The words of each language. */
export const SHELL_WORDS: Readonly<Record<Language, Entries<ShellFacts>>> = {
  en: {
    counts: ({ fail, unknown, pass, hostReadAt }) =>
      `${fail} fail, ${unknown} not known, ${pass} pass; ${hostReadAt === '' ? 'nothing was read from the host' : `the host was read ${hostReadAt}`}`,
    leftOut: ({ lines }) =>
      `${en.count(lines, 'line about Docker does', 'lines about Docker do')} not concern this host, which has none`,
    notAnew: ({ went }) => `The host was not looked at anew (${went}): this is from before.`,
    waiting: ({ lines }) => `${en.count(lines, 'line waits', 'lines wait')} for the host helper`,
  },
  de: {
    counts: ({ fail, unknown, pass, hostReadAt }) =>
      `FAIL: ${fail}, UNKNOWN: ${unknown}, PASS: ${pass}; ${hostReadAt === '' ? 'vom Host wurde nichts gelesen' : `der Host wurde ${hostReadAt} gelesen`}`,
    leftOut: ({ lines }) =>
      `${de.count(lines, 'Zeile über Docker betrifft', 'Zeilen über Docker betreffen')} diesen Host nicht, denn er hat keines`,
    notAnew: ({ went }) => `Der Host wurde nicht neu angesehen (${went}): Dies ist von vorher.`,
    waiting: ({ lines }) => `${de.count(lines, 'Zeile wartet', 'Zeilen warten')} auf den Host-Helfer`,
  },
};
