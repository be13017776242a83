import type { SettingType } from './setting-types.ts';

/** One line of the table. `fallback` is written as in the settings file. */
export interface Setting<T = unknown> {
  readonly type: SettingType<T>;
  /** One line for people, shown in the sample. */
  readonly meaning: string;
  /** Value when the setting is left out. */
  readonly fallback?: unknown;
  /** The start is refused without it (with `only`: for those kinds). */
  readonly required?: boolean;
  /** The setting belongs to some kinds of its section; with any other kind it contradicts. */
  readonly only?: readonly string[];
  /** What the sample shows when there is no fallback. */
  readonly example?: unknown;
  /** Naming it switches something on, so the sample shows it as a comment. */
  readonly switchesOn?: true;
  /** Name of the systemd credential that stands in when the file is not named. Secret files only. */
  readonly credential?: string;
}
