import { existsSync } from 'node:fs';
import { SETTING_KEYS, variableOf } from './settings.ts';

/** The settings file of a command line: the one named by --config, else kinkeeper.yaml where there is one, else none (environment only). */
export function settingsFile(given: string | undefined): string | undefined {
  return given ?? (existsSync('kinkeeper.yaml') ? 'kinkeeper.yaml' : undefined);
}

/** Where set-up puts the settings, unless another folder was chosen for data. */
const OF_SET_UP = '/srv/kinkeeper/config/kinkeeper.yaml';

/**
 * As `settingsFile`, for the commands of a shell: where neither a file nor a setting of the environment is named, the settings of set-up
 * at their usual place. Bot and ops are not started by it: they are told which.
 */
export function settingsFileAtShell(
  given: string | undefined,
  env: NodeJS.ProcessEnv,
  usual: string = OF_SET_UP,
): string | undefined {
  const named = settingsFile(given);
  if (named !== undefined || isInEnvironment(env)) return named;
  return existsSync(usual) ? usual : undefined;
}

/** What is wrong where neither a file nor the environment has settings; undefined: one of them has. */
export function missingSettings(file: string | undefined, env: NodeJS.ProcessEnv) {
  if (file !== undefined || isInEnvironment(env)) return undefined;
  return {
    says: `no settings file was found: neither kinkeeper.yaml in this folder, nor ${OF_SET_UP}`,
    fix: 'Name yours: --config <data folder>/config/kinkeeper.yaml. Where there is none yet, `kinkeeper setup` makes it.',
  };
}

function isInEnvironment(env: NodeJS.ProcessEnv): boolean {
  return SETTING_KEYS.some((key) => env[variableOf(key)] !== undefined);
}
