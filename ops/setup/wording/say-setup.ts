import type { Language } from '../../../core/caller.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import * as de from './de.ts';
import * as en from './en.ts';
import type { SetupTexts } from './facts.ts';
import * as deFaults from './faults/de.ts';
import * as enFaults from './faults/en.ts';
import type { FaultTexts } from './faults/facts.ts';

type Texts = SetupTexts & FaultTexts;

const TEXTS: Readonly<Record<Language, Entries<Texts>>> = {
  en: { ...en.setup, ...enFaults.faults },
  de: { ...de.setup, ...deFaults.faults },
};

type PlainKey = { [Key in keyof Texts]: keyof Texts[Key] extends never ? Key : never }[keyof Texts];

/** What set-up says at the terminal, as plain text. */
export function sayAtSetup(language: Language, key: PlainKey): string;
export function sayAtSetup<Key extends keyof Texts>(language: Language, key: Key, facts: Texts[Key]): string;
export function sayAtSetup(language: Language, key: keyof Texts, facts: object = {}): string {
  // The compiler checked the pair at the call; inside, one entry stands for all of them.
  return (TEXTS[language][key] as (facts: unknown) => string)(facts);
}
