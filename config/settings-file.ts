import { existsSync } from 'node:fs';

/** The settings file of a command line: the one named by --config, else kinkeeper.yaml where there is one, else none (environment only). */
export function settingsFile(given: string | undefined): string | undefined {
  return given ?? (existsSync('kinkeeper.yaml') ? 'kinkeeper.yaml' : undefined);
}
