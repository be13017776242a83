import type { Language } from '../../../core/caller.ts';
import type { Entries } from '../../../core/wording/shape.ts';
import * as de from './de.ts';
import * as en from './en.ts';
import type { DoctorTexts } from './facts.ts';

const TEXTS: Readonly<Record<Language, Entries<DoctorTexts>>> = { en: en.doctor, de: de.doctor };

type PlainKey = { [Key in keyof DoctorTexts]: keyof DoctorTexts[Key] extends never ? Key : never }[keyof DoctorTexts];

/** Says an entry of the catalogue in the language that it was made for. */
export interface SayDoctor {
  (key: PlainKey): string;
  <Key extends keyof DoctorTexts>(key: Key, facts: DoctorTexts[Key]): string;
}

/** What the doctor says in a language. */
export function doctorIn(language: Language): SayDoctor {
  // The compiler checks the pair at each call; inside, one entry stands for all of them.
  return (key: keyof DoctorTexts, facts: object = {}) => (TEXTS[language][key] as (facts: unknown) => string)(facts);
}
