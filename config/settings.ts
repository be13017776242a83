import type { Setting } from './setting.ts';
import type { SettingType } from './setting-types.ts';
import { apiSettings } from './settings/api.ts';
import { backupSettings } from './settings/backup.ts';
import { basicSettings } from './settings/basics.ts';
import { homeserverSettings } from './settings/homeserver.ts';
import { hostSettings } from './settings/host.ts';
import { jobSettings } from './settings/jobs.ts';
import { matrixSettings } from './settings/matrix.ts';
import { modelSettings } from './settings/models.ts';
import { readingSettings } from './settings/reading.ts';
import { retentionSettings } from './settings/retention.ts';
import { storeSettings } from './settings/stores.ts';
import { watchingSettings } from './settings/watching.ts';

/**
 * Every setting of the product, in the order of the sample; the rows of each area lie in config/settings. Names of keys are fixed: people's
 * files depend on them. The loader, the environment variables, the sample and the messages about faults derive from this table.
 */
export const SETTINGS = {
  ...basicSettings,
  ...matrixSettings,
  ...storeSettings,
  ...modelSettings,
  ...readingSettings,
  ...retentionSettings,
  ...hostSettings,
  ...backupSettings,
  ...apiSettings,
  ...homeserverSettings,
  ...watchingSettings,
  ...jobSettings,
} as const satisfies Record<string, Setting>;

export type SettingKey = keyof typeof SETTINGS;

/** Value of a setting after reading. */
export type ValueOf<K extends SettingKey> = (typeof SETTINGS)[K]['type'] extends SettingType<infer T> ? T : never;

/** All keys in the order of the table. */
export const SETTING_KEYS = Object.keys(SETTINGS) as SettingKey[];

/** The row of a key, with every optional column visible. */
export function setting(key: SettingKey): Setting {
  return SETTINGS[key];
}

/** `matrix.userId` -> `KINKEEPER_MATRIX_USER_ID`. */
export function variableOf(key: string): string {
  return `KINKEEPER_${key
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replaceAll('.', '_')
    .toUpperCase()}`;
}

/** The section of a key: `matrix` for `matrix.userId`, undefined for top-level settings. */
export function sectionOf(key: string): string | undefined {
  const dot = key.indexOf('.');
  return dot < 0 ? undefined : key.slice(0, dot);
}
