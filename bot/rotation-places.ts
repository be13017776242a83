import type { OpenState } from '../core/control.ts';
import type { RotationPlaces } from '../core/incident/rotation-sight.ts';
import { apiKeyMark, livingApiKeys } from '../core/living-api-keys.ts';
import type { LoadedSettings } from './loaded-settings.ts';

/** Where the keys lie that can be seen to be new after an incident: of the files of keys those that the bot reads itself. */
export function rotationPlaces(
  { config, files }: Pick<LoadedSettings, 'config' | 'files'>,
  control: OpenState['control'],
): RotationPlaces {
  const pathsOf = (...settings: string[]) =>
    files.filter(({ name }) => settings.includes(name)).map(({ path }) => path);
  return {
    stateDir: config.stateDir,
    passwordFile: pathsOf('matrix.passwordFile')[0],
    accountsTokenFile: pathsOf('homeserver.adminTokenFile')[0],
    apiKeys: livingApiKeys(control).flatMap(({ caller, keys }) => keys.map((key) => apiKeyMark(caller, key))),
    modelKeyFiles: pathsOf('embedding.apiKeyFile', 'answering.apiKeyFile'),
    hasDatabase: config.store.kind !== 'sqlite' || config.homeserver.kind === 'postgres',
    databaseKeyFiles: pathsOf('store.apiKeyFile'),
    recipientsFile: config.backup.recipientsFile,
    hasHostHelper: config.host.spoolDir !== undefined,
    etc: '/etc',
  };
}
