import type { SetupTexts } from './wording/facts.ts';

/** One thing that set-up looked at, as an entry of the catalogue; `fail` ends set-up before anything is changed. */
export type Check = {
  readonly [Key in CheckKey]: {
    readonly status: 'ok' | 'warn' | 'fail';
    readonly key: Key;
    readonly facts: SetupTexts[Key];
  };
}[CheckKey];
export type CheckKey = Extract<keyof SetupTexts, `check.${string}`>;

/** A check that fits its text. */
export function check<Key extends CheckKey>(status: Check['status'], key: Key, facts: SetupTexts[Key]): Check {
  return { status, key, facts } as unknown as Check;
}
