import type { Language } from '../../../core/caller.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import * as de from './de.ts';
import * as en from './en.ts';
import type { SetupTexts } from './facts.ts';

const TEXTS: Readonly<Record<Language, Entries<SetupTexts>>> = { en: en.setup, de: de.setup };

type PlainKey = { [Key in keyof SetupTexts]: keyof SetupTexts[Key] extends never ? Key : never }[keyof SetupTexts];

/** What set-up says at the terminal, as plain text. */
export function sayAtSetup(language: Language, key: PlainKey): string;
export function sayAtSetup<Key extends keyof SetupTexts>(language: Language, key: Key, facts: SetupTexts[Key]): string;
export function sayAtSetup(language: Language, key: keyof SetupTexts, facts: object = {}): string {
  // The compiler checked the pair at the call; inside, one entry stands for all of them.
  return (TEXTS[language][key] as (facts: unknown) => string)(facts);
}
